//! The moment of the transaction, as the chain has it.

use pinocchio::{
    error::ProgramError,
    sysvars::{clock::Clock, Sysvar},
};

#[derive(Clone, Copy)]
pub struct Now {
    pub slot: u64,
    /// Seconds since 1970.
    pub time: i64,
}

impl Now {
    #[inline(always)]
    pub fn get() -> Result<Self, ProgramError> {
        let clock = Clock::get()?;
        Ok(Self {
            slot: clock.slot,
            time: clock.unix_timestamp,
        })
    }
}

/// `time + seconds`, at most what an i64 holds: a duration is at most 30 days, so only a broken clock gets there.
#[inline(always)]
pub fn later(time: i64, seconds: u64) -> i64 {
    time.saturating_add_unsigned(seconds)
}
