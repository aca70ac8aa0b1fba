//! 0: opens a router's config and its empty vault. The router id signs, so nobody takes another's place.

use crate::{
    arguments::{Arguments, URL_MAX},
    create::{check_derived, NewAccount},
    error::{require, EscrowError},
    state::{self, config::Config, params::Params, pause::Pauses, roles::*, Record, VERSION},
    token::{check_mint, check_token_program, TOKEN_PROGRAM},
    vault::{AUTHORITY_SEED, CONFIG_SEED, VAULT_SEED},
    Context,
};
use core::mem::size_of;
use pinocchio::ProgramResult;
use pinocchio_token::{instructions::InitializeAccount3, state::Account};

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let program_id = context.program_id;
    let mut arguments = Arguments::of(context.data);
    let roles = arguments.roles()?;
    let params = arguments.params()?;
    let mut url = [0; URL_MAX];
    arguments.url(&mut url)?;
    arguments.end()?;
    let [payer, router_id, admin, config, vault, authority, mint, token_program, _system, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let signed = payer.is_signer() && router_id.is_signer() && admin.is_signer();
    require(signed, EscrowError::MissingSigner)?;
    check_token_program(token_program)?;
    check_mint(mint)?;
    params.check(mint.address())?;

    let config_address = *config.address();
    let authority_seeds = [AUTHORITY_SEED, config_address.as_ref()];
    let authority_bump = check_derived(authority.address(), &authority_seeds, program_id)?;
    let mut bump = 0;
    NewAccount {
        payer,
        account: config,
        seeds: &[CONFIG_SEED, router_id.address().as_ref()],
        space: size_of::<Config>(),
        owner: program_id,
    }
    .create(program_id, &mut bump)?;
    let mut vault_bump = 0;
    NewAccount {
        payer,
        account: vault,
        seeds: &[VAULT_SEED, config_address.as_ref()],
        space: Account::LEN,
        owner: &TOKEN_PROGRAM,
    }
    .create(program_id, &mut vault_bump)?;
    InitializeAccount3::new(vault, mint, authority.address()).invoke()?;

    let record = Config {
        kind: Config::KIND,
        version: VERSION,
        bump,
        vault_bump,
        authority_bump,
        reserved: [0; 3],
        router_id: *router_id.address(),
        mint: *mint.address(),
        vault: *vault.address(),
        vault_authority: *authority.address(),
        admin: *admin.address(),
        pending_admin: NOBODY,
        roles,
        pending_roles: Roles::NOBODY,
        params,
        pending_params: Params::NONE,
        pending_admin_at: 0,
        pending_roles_at: 0,
        pending_params_at: 0,
        pauses: Pauses::NONE,
        window_start: 0,
        window_spent: 0,
        total_user: 0,
        total_provider: 0,
        fee_accrued: 0,
        batch_count: 0,
        last_root: [0; 32],
        url,
        reserved_end: [0; 272],
    };
    Ok(state::write(config, record)?)
}
