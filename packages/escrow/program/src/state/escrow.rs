//! A user at one router: what is theirs, and how much of it may ever be settled.

use super::{config::add, Member, Record};
use crate::error::{require, EscrowError};
use crate::now::{later, Now};
use core::mem::size_of;
use pinocchio::{address::address_eq, AccountView, Address};

/// Ten times the slots that a blockhash lives: what was signed while there was something in it does not land on the next one.
const CLOSE_SLOTS: u64 = 1_500;

#[repr(C)]
pub struct Escrow {
    pub kind: u8,
    pub version: u8,
    pub bump: u8,
    pub reserved: [u8; 5],
    pub config: Address,
    pub user: Address,
    pub rent_payer: Address,
    pub opened_slot: u64,
    pub balance: u64,
    pub deposited_total: u64,
    pub withdrawn_total: u64,
    pub settled_total: u64,
    pub allow_total: u64,
    pub allow_expires_at: i64,
    pub pending_allow_total: u64,
    pub pending_allow_expires_at: i64,
    pub pending_allow_at: i64,
    pub last_debit_slot: u64,
    pub exit_requested_at: i64,
    pub exit_delay: u64,
    pub settle_seq: u32,
    pub withdraw_seq: u32,
}

const _: () = assert!(size_of::<Escrow>() == 216);

// SAFETY: integers and bytes without padding.
unsafe impl Record for Escrow {
    const KIND: u8 = 2;
}

impl Member for Escrow {
    #[inline(always)]
    fn config(&self) -> &Address {
        &self.config
    }
}

impl Escrow {
    pub fn require_user(&self, user: &AccountView) -> Result<(), EscrowError> {
        require(
            user.is_signer() && address_eq(user.address(), &self.user),
            EscrowError::MissingSigner,
        )
    }

    #[inline(always)]
    pub fn is_exiting(&self) -> bool {
        self.exit_requested_at != 0
    }

    /// From when on a requested exit may be finalized, and nothing settled any more: after the delay that was copied, or
    /// the one in force where that is shorter by now, so that no announcement made meanwhile comes before it.
    #[inline(always)]
    pub fn exit_deadline(&self, delay_in_force: u64) -> i64 {
        later(self.exit_requested_at, self.exit_delay.min(delay_in_force))
    }

    /// Puts a lowered allowance in force once its notice is over.
    #[inline(always)]
    pub fn apply_due(&mut self, time: i64) {
        if self.pending_allow_at != 0 && time >= self.pending_allow_at {
            self.allow_total = self.pending_allow_total;
            self.allow_expires_at = self.pending_allow_expires_at;
            self.forget_pending();
        }
    }

    fn forget_pending(&mut self) {
        self.pending_allow_total = 0;
        self.pending_allow_expires_at = 0;
        self.pending_allow_at = 0;
    }

    /// Sets the allowance: what rises does so at once, what falls after the notice.
    pub fn set_allowance(&mut self, total: u64, expires_at: i64, time: i64, notice: u64) -> Result<(), EscrowError> {
        self.apply_due(time);
        let falls = total < self.allow_total || expires_at < self.allow_expires_at;
        require(!falls || self.pending_allow_at == 0, EscrowError::NoticePending)?;
        self.allow_total = self.allow_total.max(total);
        self.allow_expires_at = self.allow_expires_at.max(expires_at);
        self.forget_pending();
        if falls {
            self.pending_allow_total = total;
            self.pending_allow_expires_at = expires_at;
            self.pending_allow_at = later(time, notice);
            self.apply_due(time); // a notice of no seconds is over
        }
        Ok(())
    }

    /// The most that a settlement may take now.
    #[inline(always)]
    pub fn collectable(&self, time: i64, delay_in_force: u64) -> u64 {
        let is_over =
            time >= self.allow_expires_at || (self.is_exiting() && time >= self.exit_deadline(delay_in_force));
        if is_over {
            return 0;
        }
        self.balance.min(self.allow_total.saturating_sub(self.settled_total))
    }

    pub fn credit(&mut self, amount: u64) -> Result<(), EscrowError> {
        self.balance = add(self.balance, amount)?;
        self.deposited_total = add(self.deposited_total, amount)?;
        Ok(())
    }

    /// Takes out what the user withdraws.
    pub fn withdraw(&mut self, amount: u64, slot: u64) -> Result<(), EscrowError> {
        require(amount <= self.balance, EscrowError::InsufficientBalance)?;
        self.balance -= amount;
        self.withdrawn_total = add(self.withdrawn_total, amount)?;
        if amount > 0 {
            self.last_debit_slot = slot;
        }
        Ok(())
    }

    pub fn end_exit(&mut self) {
        self.exit_requested_at = 0;
        self.exit_delay = 0;
    }

    pub fn require_closable(&self, now: Now) -> Result<(), EscrowError> {
        require(self.balance == 0, EscrowError::NotEmpty)?;
        require(!self.is_exiting(), EscrowError::ExitPending)?;
        let since = self.opened_slot.max(self.last_debit_slot);
        require(now.slot >= since.saturating_add(CLOSE_SLOTS), EscrowError::TooYoung)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escrow() -> Escrow {
        // SAFETY: a record is any bytes of its size.
        let mut escrow: Escrow = unsafe { core::mem::zeroed() };
        escrow.allow_total = 100;
        escrow.allow_expires_at = 5_000;
        escrow.balance = 1_000;
        escrow
    }

    #[test]
    fn an_allowance_rises_at_once_and_falls_after_its_notice() {
        let mut escrow = escrow();
        assert_eq!(escrow.set_allowance(150, 6_000, 1_000, 60), Ok(()));
        assert_eq!((escrow.allow_total, escrow.pending_allow_at), (150, 0));
        assert_eq!(escrow.set_allowance(40, 7_000, 1_000, 60), Ok(()));
        assert_eq!((escrow.allow_total, escrow.allow_expires_at), (150, 7_000));
        escrow.apply_due(1_059);
        assert_eq!(escrow.collectable(1_059, 60), 150);
        escrow.apply_due(1_060);
        assert_eq!((escrow.allow_total, escrow.pending_allow_at), (40, 0));
        assert_eq!(escrow.collectable(1_060, 60), 40);
    }

    #[test]
    fn an_earlier_expiry_waits_too() {
        let mut escrow = escrow();
        assert_eq!(escrow.set_allowance(200, 1_010, 1_000, 60), Ok(()));
        assert_eq!((escrow.allow_total, escrow.allow_expires_at), (200, 5_000));
        assert_eq!(escrow.collectable(1_059, 60), 200);
        escrow.apply_due(1_060);
        assert_eq!(escrow.collectable(1_060, 60), 0);
    }

    #[test]
    fn one_lowering_waits_at_a_time_and_a_call_that_lowers_nothing_cancels_it() {
        let mut escrow = escrow();
        assert_eq!(escrow.set_allowance(50, 5_000, 1_000, 60), Ok(()));
        let refused = Err(EscrowError::NoticePending);
        assert_eq!(escrow.set_allowance(40, 5_000, 1_059, 60), refused);
        assert_eq!(escrow.pending_allow_at, 1_060);
        assert_eq!(escrow.set_allowance(100, 5_000, 1_059, 60), Ok(()));
        assert_eq!((escrow.allow_total, escrow.pending_allow_at), (100, 0));
        assert_eq!(escrow.set_allowance(50, 5_000, 1_059, 60), Ok(()));
        assert_eq!(escrow.set_allowance(40, 5_000, 1_119, 60), Ok(()));
        assert_eq!((escrow.allow_total, escrow.pending_allow_total), (50, 40));
    }

    #[test]
    fn without_a_notice_an_allowance_falls_at_once() {
        let mut escrow = escrow();
        assert_eq!(escrow.set_allowance(50, 4_000, 1_000, 0), Ok(()));
        assert_eq!((escrow.allow_total, escrow.allow_expires_at), (50, 4_000));
        assert_eq!(escrow.pending_allow_at, 0);
    }

    #[test]
    fn nothing_is_collectable_from_expiry_or_exit_on() {
        let mut escrow = escrow();
        escrow.settled_total = 30;
        assert_eq!(escrow.collectable(4_999, 60), 70);
        assert_eq!(escrow.collectable(5_000, 60), 0);
        escrow.exit_requested_at = 1_000;
        escrow.exit_delay = 10;
        assert_eq!(escrow.collectable(1_009, 60), 70);
        assert_eq!(escrow.collectable(1_010, 60), 0);
        assert_eq!(escrow.collectable(1_003, 4), 70);
        assert_eq!(escrow.collectable(1_004, 4), 0);
        escrow.end_exit();
        escrow.balance = 7;
        assert_eq!(escrow.collectable(1_010, 60), 7);
        escrow.settled_total = 101;
        assert_eq!(escrow.collectable(1_010, 60), 0);
    }

    #[test]
    fn an_escrow_closes_1500_slots_after_it_opened_and_after_its_last_debit() {
        let mut escrow = escrow();
        let at = |slot| Now { slot, time: 0 };
        escrow.opened_slot = 100;
        assert_eq!(escrow.require_closable(at(9_000)), Err(EscrowError::NotEmpty));
        assert_eq!(escrow.withdraw(1_000, 200), Ok(()));
        assert_eq!(escrow.require_closable(at(1_699)), Err(EscrowError::TooYoung));
        assert_eq!(escrow.require_closable(at(1_700)), Ok(()));
        escrow.opened_slot = 201;
        assert_eq!(escrow.require_closable(at(1_700)), Err(EscrowError::TooYoung));
        escrow.exit_requested_at = 1;
        assert_eq!(escrow.require_closable(at(9_000)), Err(EscrowError::ExitPending));
    }
}
