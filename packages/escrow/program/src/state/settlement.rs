//! One entry of a batch: how much of what is owed can be collected, and who gets it.

use super::{config::add, escrow::Escrow, params::Params, provider::Provider};
use crate::error::{require, EscrowError};
use crate::now::Now;
use pinocchio::address::address_eq;

/// The basis points of everything.
const BPS: u64 = 10_000;

#[derive(Clone, Copy)]
pub struct Entry {
    pub amount: u64,
    pub seq: u32,
}

/// What an entry moved: applied = the provider's share + fee.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Applied {
    pub amount: u64,
    pub fee: u64,
}

/// Applies an entry as far as the escrow pays for it; nothing where it was applied before.
#[inline(always)]
pub fn settle(
    escrow: &mut Escrow,
    provider: &mut Provider,
    entry: Entry,
    params: &Params,
    now: Now,
) -> Result<Option<Applied>, EscrowError> {
    require(!address_eq(&escrow.user, &provider.owner), EscrowError::SelfDealing)?;
    if entry.seq <= escrow.settle_seq {
        return Ok(None);
    }
    require(entry.seq - escrow.settle_seq == 1, EscrowError::SeqGap)?;
    escrow.settle_seq = entry.seq;
    escrow.apply_due(now.time);
    let amount = entry.amount.min(escrow.collectable(now.time, params.user_exit_delay));
    // At most 2^53 × 500, which fits 64 bits; a checked product needs a routine the target lacks.
    let fee = amount.wrapping_mul(params.fee_bps) / BPS;
    if amount > 0 {
        escrow.balance -= amount;
        escrow.settled_total = add(escrow.settled_total, amount)?;
        escrow.last_debit_slot = now.slot;
        provider.earned_total = add(provider.earned_total, amount - fee)?;
    }
    Ok(Some(Applied { amount, fee }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::AMOUNT_MAX;
    use pinocchio::Address;

    const NOW: Now = Now { slot: 77, time: 1_000 };

    fn accounts() -> (Escrow, Provider) {
        // SAFETY: a record is any bytes of its size.
        let (mut escrow, mut provider): (Escrow, Provider) = unsafe { core::mem::zeroed() };
        escrow.user = Address::new_from_array([1; 32]);
        provider.owner = Address::new_from_array([2; 32]);
        escrow.balance = 1_000;
        escrow.allow_total = 10_000;
        escrow.allow_expires_at = 2_000;
        (escrow, provider)
    }

    fn terms(fee_bps: u64) -> Params {
        Params {
            fee_bps,
            ..Params::NONE
        }
    }

    fn applied(amount: u64, fee: u64) -> Result<Option<Applied>, EscrowError> {
        Ok(Some(Applied { amount, fee }))
    }

    #[test]
    fn an_entry_is_applied_once_and_in_its_order() {
        let (mut escrow, mut provider) = accounts();
        let entry = |seq| Entry { amount: 399, seq };
        assert_eq!(
            settle(&mut escrow, &mut provider, entry(1), &terms(500), NOW),
            applied(399, 19)
        );
        assert_eq!(settle(&mut escrow, &mut provider, entry(1), &terms(500), NOW), Ok(None));
        assert_eq!(settle(&mut escrow, &mut provider, entry(0), &terms(500), NOW), Ok(None));
        let gap = settle(&mut escrow, &mut provider, entry(3), &terms(500), NOW);
        assert_eq!(gap, Err(EscrowError::SeqGap));
        assert_eq!((escrow.balance, escrow.settled_total, escrow.settle_seq), (601, 399, 1));
        assert_eq!((provider.earned_total, escrow.last_debit_slot), (380, 77));
    }

    #[test]
    fn a_shortfall_takes_what_is_there_and_consumes_the_entry() {
        let (mut escrow, mut provider) = accounts();
        let entry = |seq| Entry { amount: 5_000, seq };
        assert_eq!(
            settle(&mut escrow, &mut provider, entry(1), &terms(0), NOW),
            applied(1_000, 0)
        );
        escrow.last_debit_slot = 5;
        assert_eq!(
            settle(&mut escrow, &mut provider, entry(2), &terms(0), NOW),
            applied(0, 0)
        );
        assert_eq!((escrow.settle_seq, escrow.last_debit_slot), (2, 5));
    }

    #[test]
    fn the_greatest_amount_and_fee_fit() {
        let (mut escrow, mut provider) = accounts();
        escrow.balance = AMOUNT_MAX;
        escrow.allow_total = AMOUNT_MAX;
        let entry = Entry {
            amount: AMOUNT_MAX,
            seq: 1,
        };
        let fee = (u128::from(AMOUNT_MAX) * 500 / 10_000) as u64;
        assert_eq!(
            settle(&mut escrow, &mut provider, entry, &terms(500), NOW),
            applied(AMOUNT_MAX, fee)
        );
        assert_eq!(provider.earned_total, AMOUNT_MAX - fee);
        provider.earned_total = AMOUNT_MAX;
        escrow.settled_total = 0;
        escrow.balance = 1;
        let over = settle(&mut escrow, &mut provider, Entry { amount: 1, seq: 2 }, &terms(0), NOW);
        assert_eq!(over, Err(EscrowError::Overflow));
    }

    #[test]
    fn nobody_pays_themselves() {
        let (mut escrow, mut provider) = accounts();
        provider.owner = escrow.user;
        let entry = Entry { amount: 1, seq: 1 };
        let refused = settle(&mut escrow, &mut provider, entry, &terms(0), NOW);
        assert_eq!(refused, Err(EscrowError::SelfDealing));
    }
}
