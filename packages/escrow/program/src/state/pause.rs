//! What may be paused, and for how long at most.

use crate::error::{require, EscrowError};
use crate::now::later;

pub const DEPOSIT: usize = 0;
pub const SETTLE: usize = 1;
pub const COOP_WITHDRAW: usize = 2;
const KINDS: usize = 3;
const BITS: u8 = 0b111;

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Pauses {
    until: [i64; KINDS],
    not_before: [i64; KINDS],
}

impl Pauses {
    pub const NONE: Pauses = Pauses {
        until: [0; KINDS],
        not_before: [0; KINDS],
    };

    #[inline(always)]
    pub fn require_open(&self, kind: usize, time: i64) -> Result<(), EscrowError> {
        require(time >= self.until[kind], EscrowError::Paused)
    }

    /// Refuses masks that say nothing, too much, or two things at once.
    pub fn check_masks(set: u8, clear: u8) -> Result<(), EscrowError> {
        require(
            (set | clear) & !BITS == 0 && set & clear == 0 && set | clear != 0,
            EscrowError::BadInstruction,
        )
    }

    /// Pauses the kinds of `mask` for half the allowance notice, after which each rests as long.
    pub fn set(&mut self, mask: u8, time: i64, notice: u64) -> Result<(), EscrowError> {
        for kind in (0..KINDS).filter(|kind| mask >> kind & 1 == 1) {
            require(time >= self.not_before[kind], EscrowError::PauseCooldown)?;
            self.until[kind] = later(time, notice / 2);
            self.not_before[kind] = later(self.until[kind], notice / 2);
        }
        Ok(())
    }

    /// Ends running pauses with the half of a notice that became shorter; their rest stays.
    pub fn shorten(&mut self, time: i64, notice: u64) {
        for until in &mut self.until {
            *until = (*until).min(later(time, notice / 2));
        }
    }

    /// Ends the pauses of `mask` now; their rest stays.
    pub fn clear(&mut self, mask: u8, time: i64) {
        for kind in (0..KINDS).filter(|kind| mask >> kind & 1 == 1) {
            self.until[kind] = self.until[kind].min(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_by_itself_and_rests_as_long() {
        let mut pauses = Pauses::NONE;
        assert_eq!(pauses.set(0b010, 1_000, 101), Ok(()));
        assert_eq!(pauses.require_open(SETTLE, 1_049), Err(EscrowError::Paused));
        assert_eq!(pauses.require_open(SETTLE, 1_050), Ok(()));
        assert_eq!(pauses.require_open(DEPOSIT, 1_000), Ok(()));
        assert_eq!(pauses.require_open(COOP_WITHDRAW, 1_000), Ok(()));
        assert_eq!(pauses.set(0b010, 1_099, 101), Err(EscrowError::PauseCooldown));
        assert_eq!(pauses.set(0b010, 1_100, 101), Ok(()));
    }

    #[test]
    fn a_pause_that_was_cleared_is_over_and_still_rests() {
        let mut pauses = Pauses::NONE;
        assert_eq!(pauses.set(0b101, 1_000, 100), Ok(()));
        pauses.clear(0b001, 1_010);
        assert_eq!(pauses.require_open(DEPOSIT, 1_010), Ok(()));
        assert_eq!(pauses.require_open(COOP_WITHDRAW, 1_010), Err(EscrowError::Paused));
        assert_eq!(pauses.set(0b001, 1_099, 100), Err(EscrowError::PauseCooldown));
        assert_eq!(pauses.set(0b001, 1_100, 100), Ok(()));
    }

    #[test]
    fn a_running_pause_ends_with_half_of_a_shorter_notice() {
        let mut pauses = Pauses::NONE;
        assert_eq!(pauses.set(0b010, 1_000, 100), Ok(()));
        pauses.shorten(1_010, 20);
        assert_eq!(pauses.require_open(SETTLE, 1_019), Err(EscrowError::Paused));
        assert_eq!(pauses.require_open(SETTLE, 1_020), Ok(()));
        assert_eq!(pauses.require_open(DEPOSIT, 1_010), Ok(()));
        pauses.shorten(1_019, 1_000);
        assert_eq!(pauses.require_open(SETTLE, 1_020), Ok(()));
        assert_eq!(pauses.set(0b010, 1_099, 100), Err(EscrowError::PauseCooldown));
    }

    #[test]
    fn masks_are_of_the_three_kinds_and_say_one_thing() {
        for (set, clear, is_good) in [
            (0b111, 0, true),
            (0b001, 0b110, true),
            (0, 0b100, true),
            (0, 0, false),
            (0b1000, 0, false),
            (0, 0b1000, false),
            (0b001, 0b001, false),
        ] {
            assert_eq!(Pauses::check_masks(set, clear).is_ok(), is_good, "{set} {clear}");
        }
    }
}
