//! A provider at one router: what it earned, and the one account it is paid to.

use super::{config::add, roles::NOBODY, Member, Record};
use crate::error::{require, EscrowError};
use crate::now::later;
use core::mem::size_of;
use pinocchio::{address::address_eq, AccountView, Address};

#[repr(C)]
pub struct Provider {
    pub kind: u8,
    pub version: u8,
    pub bump: u8,
    pub reserved: [u8; 5],
    pub config: Address,
    pub owner: Address,
    pub rent_payer: Address,
    pub payout: Address,
    pub pending_payout: Address,
    pub pending_payout_at: i64,
    pub opened_slot: u64,
    pub earned_total: u64,
    pub withdrawn_total: u64,
    pub exit_requested_at: i64,
    pub exit_amount: u64,
    pub exit_delay: u64,
    pub withdraw_seq: u32,
    pub reserved_end: [u8; 4],
}

const _: () = assert!(size_of::<Provider>() == 232);

// SAFETY: integers and bytes without padding.
unsafe impl Record for Provider {
    const KIND: u8 = 3;
}

impl Member for Provider {
    #[inline(always)]
    fn config(&self) -> &Address {
        &self.config
    }
}

impl Provider {
    pub fn require_owner(&self, owner: &AccountView) -> Result<(), EscrowError> {
        require(
            owner.is_signer() && address_eq(owner.address(), &self.owner),
            EscrowError::NotProviderOwner,
        )
    }

    pub fn claimable(&self) -> u64 {
        self.earned_total - self.withdrawn_total
    }

    /// Refuses an amount that is not there.
    pub fn require_claimable(&self, amount: u64) -> Result<(), EscrowError> {
        require(self.claimable() > 0, EscrowError::NothingToWithdraw)?;
        require(amount <= self.claimable(), EscrowError::InsufficientBalance)
    }

    pub fn withdraw(&mut self, amount: u64) -> Result<(), EscrowError> {
        self.withdrawn_total = add(self.withdrawn_total, amount)?;
        require(
            self.withdrawn_total <= self.earned_total,
            EscrowError::InsufficientBalance,
        )
    }

    pub fn is_exiting(&self) -> bool {
        self.exit_requested_at != 0
    }

    pub fn exit_deadline(&self) -> i64 {
        later(self.exit_requested_at, self.exit_delay)
    }

    pub fn end_exit(&mut self) {
        self.exit_requested_at = 0;
        self.exit_amount = 0;
        self.exit_delay = 0;
    }

    /// Puts a payout account that the owner alone chose in force once its time is there.
    pub fn apply_due(&mut self, time: i64) {
        if self.pending_payout_at != 0 && time >= self.pending_payout_at {
            self.payout = self.pending_payout;
            self.forget_pending();
        }
    }

    fn forget_pending(&mut self) {
        self.pending_payout = NOBODY;
        self.pending_payout_at = 0;
    }

    /// Chooses the payout account: at once where the cosigner agrees, else after `delay`.
    pub fn set_payout(&mut self, payout: Address, is_cosigned: bool, time: i64, delay: u64) {
        self.apply_due(time);
        self.forget_pending();
        if is_cosigned {
            self.payout = payout;
        } else if !address_eq(&payout, &self.payout) {
            self.pending_payout = payout;
            self.pending_payout_at = later(time, delay);
        }
    }

    /// Refuses every account but the one that is in force.
    pub fn require_payout(&self, payout: &Address) -> Result<(), EscrowError> {
        let is_pending = self.pending_payout_at != 0 && address_eq(payout, &self.pending_payout);
        require(
            address_eq(payout, &self.payout) || !is_pending,
            EscrowError::PayoutTimelock,
        )?;
        require(address_eq(payout, &self.payout), EscrowError::BadDestination)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: [Address; 3] = [
        Address::new_from_array([1; 32]),
        Address::new_from_array([2; 32]),
        Address::new_from_array([3; 32]),
    ];

    fn provider() -> Provider {
        // SAFETY: a record is any bytes of its size.
        let mut provider: Provider = unsafe { core::mem::zeroed() };
        provider.payout = ACCOUNTS[0];
        provider
    }

    #[test]
    fn an_owner_alone_waits_for_a_new_payout_account() {
        let [old, new, foreign] = &ACCOUNTS;
        let mut provider = provider();
        provider.set_payout(*new, false, 1_000, 60);
        provider.apply_due(1_059);
        assert_eq!(provider.require_payout(old), Ok(()));
        assert_eq!(provider.require_payout(new), Err(EscrowError::PayoutTimelock));
        assert_eq!(provider.require_payout(foreign), Err(EscrowError::BadDestination));
        provider.apply_due(1_060);
        assert_eq!(provider.require_payout(new), Ok(()));
        assert_eq!(provider.require_payout(old), Err(EscrowError::BadDestination));
    }

    #[test]
    fn the_cosigner_and_the_account_in_force_end_the_wait() {
        let [old, new, _] = &ACCOUNTS;
        let mut provider = provider();
        provider.set_payout(*new, false, 1_000, 60);
        provider.set_payout(*old, false, 1_001, 60);
        assert_eq!(provider.pending_payout_at, 0);
        provider.set_payout(*new, true, 1_002, 60);
        assert_eq!(provider.require_payout(new), Ok(()));
    }

    #[test]
    fn no_more_is_claimable_than_was_earned() {
        let mut provider = provider();
        assert_eq!(provider.require_claimable(1), Err(EscrowError::NothingToWithdraw));
        provider.earned_total = 10;
        assert_eq!(provider.require_claimable(11), Err(EscrowError::InsufficientBalance));
        assert_eq!(provider.require_claimable(10), Ok(()));
        assert_eq!(provider.withdraw(10), Ok(()));
        assert_eq!(provider.withdraw(1), Err(EscrowError::InsufficientBalance));
    }
}
