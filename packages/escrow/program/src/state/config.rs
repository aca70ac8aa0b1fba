//! A router: its keys, what it may do, and the totals of its vault.

use super::{params::Params, params::DAY, pause::Pauses, roles::Roles, roles::NOBODY, Record};
use crate::arguments::{AMOUNT_MAX, URL_MAX};
use crate::error::{require, EscrowError};
use crate::now::later;
use core::mem::size_of;
use pinocchio::{address::address_eq, AccountView, Address};

#[repr(C)]
pub struct Config {
    pub kind: u8,
    pub version: u8,
    pub bump: u8,
    pub vault_bump: u8,
    pub authority_bump: u8,
    pub reserved: [u8; 3],
    pub router_id: Address,
    pub mint: Address,
    pub vault: Address,
    pub vault_authority: Address,
    pub admin: Address,
    pub pending_admin: Address,
    pub roles: Roles,
    pub pending_roles: Roles,
    pub params: Params,
    pub pending_params: Params,
    pub pending_admin_at: i64,
    pub pending_roles_at: i64,
    pub pending_params_at: i64,
    pub pauses: Pauses,
    pub window_start: i64,
    pub window_spent: u64,
    pub total_user: u64,
    pub total_provider: u64,
    pub fee_accrued: u64,
    pub batch_count: u64,
    pub last_root: [u8; 32],
    pub url: [u8; URL_MAX],
    pub reserved_end: [u8; 272],
}

const _: () = assert!(size_of::<Config>() == 1_120);

// SAFETY: integers and bytes without padding.
unsafe impl Record for Config {
    const KIND: u8 = 1;
}

impl Config {
    pub fn require_admin(&self, admin: &AccountView) -> Result<(), EscrowError> {
        require(
            admin.is_signer() && address_eq(admin.address(), &self.admin),
            EscrowError::NotAdmin,
        )
    }

    /// The cosigner has to sign.
    pub fn require_cosigner(&self, cosigner: &AccountView) -> Result<(), EscrowError> {
        let is_cosigner = holds(cosigner, &self.roles.cosigner);
        require(is_cosigner, EscrowError::CosignerRequired)
    }

    /// Whether the cosigner signed; one that signs without being it is refused.
    pub fn has_cosigned(&self, cosigner: &AccountView) -> Result<bool, EscrowError> {
        if !cosigner.is_signer() {
            return Ok(false);
        }
        self.require_cosigner(cosigner)?;
        Ok(true)
    }

    /// When what the admin announces now may be in force: a longer delay that is announced already counts, so that whoever
    /// leaves within a day of this announcement has left by then.
    pub fn timelock_end(&self, time: i64) -> i64 {
        let delay = self.params.user_exit_delay.max(self.pending_params.user_exit_delay);
        later(time, delay.saturating_add(DAY))
    }

    /// Announces params: what hurts nobody is in force at once.
    pub fn schedule_params(&mut self, wanted: Params, time: i64) {
        let end = self.timelock_end(time);
        self.params = self.params.gentler(&wanted);
        self.pauses.shorten(time, self.params.allowance_notice);
        let is_done = self.params.equals(&wanted);
        self.pending_params = if is_done { Params::NONE } else { wanted };
        self.pending_params_at = if is_done { 0 } else { end };
    }

    /// Sets roles: all at once where the cosigner agrees, else those that nobody is to have.
    pub fn set_roles(&mut self, wanted: Roles, is_cosigned: bool, time: i64) {
        self.roles = if is_cosigned {
            wanted
        } else {
            self.roles.without_revoked(&wanted)
        };
        let is_done = self.roles.equals(&wanted);
        self.pending_roles = if is_done { Roles::NOBODY } else { wanted };
        self.pending_roles_at = if is_done { 0 } else { self.timelock_end(time) };
    }

    /// Puts in force what is due; whether anything was.
    pub fn apply_due(&mut self, time: i64) -> bool {
        let params_due = self.pending_params_at != 0 && time >= self.pending_params_at;
        if params_due {
            self.params = self.pending_params;
            self.pending_params = Params::NONE;
            self.pending_params_at = 0;
        }
        let roles_due = self.pending_roles_at != 0 && time >= self.pending_roles_at;
        if roles_due {
            self.roles = self.pending_roles;
            self.pending_roles = Roles::NOBODY;
            self.pending_roles_at = 0;
        }
        params_due || roles_due
    }

    /// Counts what a batch moved against the cap of its window.
    pub fn spend_window(&mut self, moved: u64, time: i64) -> Result<(), EscrowError> {
        if time >= later(self.window_start, self.params.settler_window) {
            self.window_start = time;
            self.window_spent = 0;
        }
        // Less than 2^53 + 64 × 2^53; only what is within the cap, and so at most 2^53, is kept.
        self.window_spent += moved;
        require(
            self.window_spent <= self.params.settler_window_cap,
            EscrowError::SettlerCap,
        )
    }

    /// What the vault owes to everybody: three totals of at most 2^53 each.
    pub fn liabilities(&self) -> u64 {
        self.total_user + self.total_provider + self.fee_accrued
    }
}

/// Whether the account signs and has this role, which somebody has to have.
#[inline(always)]
pub fn holds(account: &AccountView, role: &Address) -> bool {
    account.is_signer() && address_eq(account.address(), role) && !address_eq(role, &NOBODY)
}

/// A sum that no client's number has to be afraid of.
#[inline(always)]
pub fn add(total: u64, amount: u64) -> Result<u64, EscrowError> {
    let sum = total.checked_add(amount).ok_or(EscrowError::Overflow)?;
    require(sum <= AMOUNT_MAX, EscrowError::Overflow)?;
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        // SAFETY: a record is any bytes of its size.
        let mut config: Config = unsafe { core::mem::zeroed() };
        config.params.settler_window = 100;
        config.params.settler_window_cap = 50;
        config.params.user_exit_delay = 10;
        config
    }

    #[test]
    fn a_window_begins_anew_when_it_is_over_and_not_before() {
        let mut config = config();
        assert_eq!(config.spend_window(50, 1_000), Ok(()));
        assert_eq!(config.window_start, 1_000);
        assert_eq!(config.spend_window(0, 1_099), Ok(()));
        assert_eq!(config.spend_window(1, 1_099), Err(EscrowError::SettlerCap));
        assert_eq!(config.spend_window(50, 1_100), Ok(()));
        assert_eq!(config.window_start, 1_100);
        config.params.settler_window_cap = AMOUNT_MAX;
        let beyond = config.spend_window(AMOUNT_MAX, 1_100);
        assert_eq!(beyond, Err(EscrowError::SettlerCap));
    }

    #[test]
    fn a_schedule_waits_by_the_delay_that_was_in_force() {
        let mut config = config();
        let wanted = Params {
            fee_bps: 5,
            user_exit_delay: 1,
            ..config.params
        };
        config.schedule_params(wanted, 1_000);
        assert_eq!(config.params.user_exit_delay, 1);
        let due = 1_000 + 10 + DAY as i64;
        assert_eq!(config.pending_params_at, due);
        assert!(!config.apply_due(due - 1));
        assert!(config.apply_due(due));
        assert_eq!(config.params, wanted);
        assert!(!config.apply_due(due + 1));
    }

    #[test]
    fn a_longer_delay_that_is_announced_makes_every_announcement_wait_for_it() {
        let mut config = config();
        let week = Params {
            user_exit_delay: 7 * DAY,
            ..config.params
        };
        config.schedule_params(week, 1_000);
        config.set_roles(
            Roles {
                settler: Address::new_from_array([1; 32]),
                ..Roles::NOBODY
            },
            false,
            2_000,
        );
        assert_eq!(config.pending_roles_at, 2_000 + 8 * DAY as i64);
        assert_eq!(config.timelock_end(3_000), 3_000 + 8 * DAY as i64);
    }

    #[test]
    fn a_schedule_that_hurts_nobody_leaves_nothing_pending() {
        let mut config = config();
        config.schedule_params(
            Params {
                fee_bps: 5,
                ..config.params
            },
            1_000,
        );
        assert!(config.pending_params_at != 0);
        config.schedule_params(config.params, 1_001);
        assert_eq!(config.pending_params_at, 0);
    }

    #[test]
    fn roles_wait_without_the_cosigner_and_do_not_with_it() {
        let mut config = config();
        let key = Address::new_from_array([1; 32]);
        let wanted = Roles {
            settler: key,
            ..Roles::NOBODY
        };
        config.set_roles(wanted, false, 1_000);
        assert_eq!(config.roles, Roles::NOBODY);
        let due = 1_000 + 10 + DAY as i64;
        assert!(!config.apply_due(due - 1));
        assert!(config.apply_due(due));
        assert_eq!(config.roles, wanted);
        let other = Roles {
            cosigner: key,
            ..Roles::NOBODY
        };
        config.set_roles(other, true, due);
        assert_eq!((config.roles, config.pending_roles_at), (other, 0));
    }

    #[test]
    fn a_total_ends_at_two_to_the_53() {
        assert_eq!(add(AMOUNT_MAX - 1, 1), Ok(AMOUNT_MAX));
        assert_eq!(add(AMOUNT_MAX, 1), Err(EscrowError::Overflow));
        assert_eq!(add(1, u64::MAX), Err(EscrowError::Overflow));
    }
}
