//! One file for each instruction, in the order of their numbers.

pub mod init_config;

pub mod open_escrow;

pub mod deposit;

pub mod set_allowance;

pub mod settle_batch;

pub mod withdraw_user;

pub mod request_exit;

pub mod cancel_exit;

pub mod finalize_exit;

pub mod close_escrow;

pub mod register_provider;

pub mod withdraw_provider;

pub mod provider_request_exit;

pub mod provider_finalize_exit;

pub mod set_payout;

pub mod collect_fees;

pub mod schedule_params;

pub mod apply_params;

pub mod propose_admin;

pub mod accept_admin;

pub mod set_roles;

pub mod set_pause;

pub mod sweep_surplus;

pub mod set_url;
