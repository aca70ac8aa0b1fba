//! What a router's admin decides, within bounds, and how slowly it may change.

use crate::arguments::AMOUNT_MAX;
use crate::error::{require, EscrowError};
use pinocchio::{address::address_eq, Address};

/// Circle's USDC on mainnet; its routers have no delay of seconds.
pub const MAINNET_USDC: Address = Address::from_str_const("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");

const FEE_BPS_MAX: u64 = 500;
const HOUR: u64 = 3_600;
pub const DAY: u64 = 24 * HOUR;

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Params {
    pub fee_bps: u64,
    pub min_deposit: u64,
    pub user_exit_delay: u64,
    pub provider_exit_delay: u64,
    pub allowance_notice: u64,
    pub settler_window: u64,
    pub settler_window_cap: u64,
}

impl Params {
    pub const NONE: Params = Params {
        fee_bps: 0,
        min_deposit: 0,
        user_exit_delay: 0,
        provider_exit_delay: 0,
        allowance_notice: 0,
        settler_window: 0,
        settler_window_cap: 0,
    };

    /// Refuses params outside their ranges.
    pub fn check(&self, mint: &Address) -> Result<(), EscrowError> {
        let is_mainnet = address_eq(mint, &MAINNET_USDC);
        let at_least = |real: u64| if is_mainnet { real } else { 1 };
        require(self.fee_bps <= FEE_BPS_MAX, EscrowError::FeeTooHigh)?;
        require(
            self.min_deposit <= AMOUNT_MAX && self.settler_window_cap <= AMOUNT_MAX,
            EscrowError::AmountTooLarge,
        )?;
        let in_range = (at_least(HOUR)..=7 * DAY).contains(&self.user_exit_delay)
            && (at_least(DAY)..=30 * DAY).contains(&self.provider_exit_delay)
            && (at_least(HOUR)..=7 * DAY).contains(&self.settler_window)
            && self.allowance_notice <= self.user_exit_delay / 2;
        require(in_range, EscrowError::DelayOutOfRange)
    }

    /// Of these and the wanted params, each the one that hurts nobody: in force at once.
    pub fn gentler(&self, wanted: &Params) -> Params {
        Params {
            fee_bps: self.fee_bps.min(wanted.fee_bps),
            min_deposit: wanted.min_deposit,
            user_exit_delay: self.user_exit_delay.min(wanted.user_exit_delay),
            provider_exit_delay: self.provider_exit_delay.min(wanted.provider_exit_delay),
            allowance_notice: self.allowance_notice.min(wanted.allowance_notice),
            settler_window: self.settler_window.max(wanted.settler_window),
            settler_window_cap: self.settler_window_cap.min(wanted.settler_window_cap),
        }
    }

    pub fn equals(&self, other: &Params) -> bool {
        self.fee_bps == other.fee_bps
            && self.min_deposit == other.min_deposit
            && self.user_exit_delay == other.user_exit_delay
            && self.provider_exit_delay == other.provider_exit_delay
            && self.allowance_notice == other.allowance_notice
            && self.settler_window == other.settler_window
            && self.settler_window_cap == other.settler_window_cap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST_MINT: Address = Address::new_from_array([7; 32]);
    const GOOD: Params = Params {
        fee_bps: 500,
        min_deposit: AMOUNT_MAX,
        user_exit_delay: DAY,
        provider_exit_delay: 7 * DAY,
        allowance_notice: DAY / 2,
        settler_window: DAY,
        settler_window_cap: AMOUNT_MAX,
    };

    #[test]
    fn every_range_has_two_sides() {
        use EscrowError::{AmountTooLarge, DelayOutOfRange, FeeTooHigh};
        let late = Err(DelayOutOfRange);
        let notice = |user_exit_delay| Params {
            user_exit_delay,
            allowance_notice: 0,
            ..GOOD
        };
        let cases = [
            (GOOD, Ok(())),
            (Params { fee_bps: 501, ..GOOD }, Err(FeeTooHigh)),
            (
                Params {
                    min_deposit: AMOUNT_MAX + 1,
                    ..GOOD
                },
                Err(AmountTooLarge),
            ),
            (
                Params {
                    settler_window_cap: AMOUNT_MAX + 1,
                    ..GOOD
                },
                Err(AmountTooLarge),
            ),
            (notice(HOUR), Ok(())),
            (notice(HOUR - 1), late),
            (notice(7 * DAY), Ok(())),
            (notice(7 * DAY + 1), late),
            (
                Params {
                    provider_exit_delay: DAY,
                    ..GOOD
                },
                Ok(()),
            ),
            (
                Params {
                    provider_exit_delay: DAY - 1,
                    ..GOOD
                },
                late,
            ),
            (
                Params {
                    provider_exit_delay: 30 * DAY,
                    ..GOOD
                },
                Ok(()),
            ),
            (
                Params {
                    provider_exit_delay: 30 * DAY + 1,
                    ..GOOD
                },
                late,
            ),
            (
                Params {
                    settler_window: HOUR,
                    ..GOOD
                },
                Ok(()),
            ),
            (
                Params {
                    settler_window: HOUR - 1,
                    ..GOOD
                },
                late,
            ),
            (
                Params {
                    settler_window: 7 * DAY,
                    ..GOOD
                },
                Ok(()),
            ),
            (
                Params {
                    settler_window: 7 * DAY + 1,
                    ..GOOD
                },
                late,
            ),
            (
                Params {
                    allowance_notice: DAY / 2 + 1,
                    ..GOOD
                },
                late,
            ),
        ];
        for (params, expected) in cases {
            assert_eq!(params.check(&MAINNET_USDC), expected, "{params:?}");
        }
    }

    #[test]
    fn only_other_mints_have_delays_of_seconds() {
        let seconds = |delay| Params {
            user_exit_delay: delay,
            provider_exit_delay: delay,
            settler_window: delay,
            allowance_notice: 0,
            ..GOOD
        };
        assert_eq!(seconds(1).check(&TEST_MINT), Ok(()));
        assert_eq!(seconds(0).check(&TEST_MINT), Err(EscrowError::DelayOutOfRange));
        assert_eq!(seconds(1).check(&MAINNET_USDC), Err(EscrowError::DelayOutOfRange));
    }

    #[test]
    fn what_hurts_nobody_is_in_force_at_once_and_within_range() {
        let wanted = Params {
            fee_bps: 400,
            min_deposit: 3,
            user_exit_delay: 2 * DAY,
            provider_exit_delay: DAY,
            allowance_notice: DAY,
            settler_window: HOUR,
            settler_window_cap: 5,
        };
        let at_once = GOOD.gentler(&wanted);
        let expected = Params {
            fee_bps: 400,
            min_deposit: 3,
            provider_exit_delay: DAY,
            settler_window_cap: 5,
            ..GOOD
        };
        assert_eq!(at_once, expected);
        assert_eq!(at_once.check(&MAINNET_USDC), Ok(()));
        assert!(!at_once.equals(&wanted));
        assert!(at_once.equals(&expected));
    }
}
