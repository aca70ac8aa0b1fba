//! Reads an instruction's arguments, which follow each other without padding.

use crate::error::{require, EscrowError};
use crate::state::{params::Params, roles::Roles};
use pinocchio::Address;

/// No amount is above 2^53 micro-USDC: it fits a double of any client, and amount × bps fits 64 bits.
pub const AMOUNT_MAX: u64 = 1 << 53;
pub const URL_MAX: usize = 128;

/// The arguments not read yet.
pub struct Arguments<'a>(&'a [u8]);

impl<'a> Arguments<'a> {
    #[inline(always)]
    pub fn of(data: &'a [u8]) -> Self {
        Self(data)
    }

    #[inline(always)]
    pub fn take<const SIZE: usize>(&mut self) -> Result<&'a [u8; SIZE], EscrowError> {
        let (bytes, rest) = self.0.split_first_chunk::<SIZE>().ok_or(EscrowError::BadInstruction)?;
        self.0 = rest;
        Ok(bytes)
    }

    #[inline(always)]
    pub fn byte(&mut self) -> Result<u8, EscrowError> {
        Ok(self.take::<1>()?[0])
    }

    #[inline(always)]
    pub fn u32(&mut self) -> Result<u32, EscrowError> {
        Ok(u32::from_le_bytes(*self.take()?))
    }

    #[inline(always)]
    pub fn u64(&mut self) -> Result<u64, EscrowError> {
        Ok(u64::from_le_bytes(*self.take()?))
    }

    /// An amount to move: more than nothing, at most 2^53.
    #[inline(always)]
    pub fn amount(&mut self) -> Result<u64, EscrowError> {
        let amount = self.u64()?;
        require(amount != 0, EscrowError::ZeroAmount)?;
        require(amount <= AMOUNT_MAX, EscrowError::AmountTooLarge)?;
        Ok(amount)
    }

    /// A ceiling: 0 to 2^53.
    #[inline(always)]
    pub fn ceiling(&mut self) -> Result<u64, EscrowError> {
        let ceiling = self.u64()?;
        require(ceiling <= AMOUNT_MAX, EscrowError::AmountTooLarge)?;
        Ok(ceiling)
    }

    /// A moment: 0 to 2^53 seconds since 1970.
    #[inline(always)]
    pub fn moment(&mut self) -> Result<i64, EscrowError> {
        Ok(self.ceiling()? as i64)
    }

    #[inline(always)]
    pub fn address(&mut self) -> Result<Address, EscrowError> {
        Ok(Address::new_from_array(*self.take()?))
    }

    #[inline(always)]
    pub fn roles(&mut self) -> Result<Roles, EscrowError> {
        Ok(Roles {
            settler: self.address()?,
            cosigner: self.address()?,
            guardian: self.address()?,
            fee_owner: self.address()?,
        })
    }

    #[inline(always)]
    pub fn params(&mut self) -> Result<Params, EscrowError> {
        Ok(Params {
            fee_bps: self.u64()?,
            min_deposit: self.u64()?,
            user_exit_delay: self.u64()?,
            provider_exit_delay: self.u64()?,
            allowance_notice: self.u64()?,
            settler_window: self.u64()?,
            settler_window_cap: self.u64()?,
        })
    }

    /// A URL of printable ASCII without spaces, with zeros after it.
    pub fn url(&mut self, into: &mut [u8; URL_MAX]) -> Result<(), EscrowError> {
        let length = self.byte()? as usize;
        let bytes = self.0.get(..length).ok_or(EscrowError::BadInstruction)?;
        let room = into.get_mut(..length).ok_or(EscrowError::BadInstruction)?;
        require(bytes.iter().all(u8::is_ascii_graphic), EscrowError::BadInstruction)?;
        room.copy_from_slice(bytes);
        into[length..].fill(0);
        self.0 = &self.0[length..];
        Ok(())
    }

    /// All that is left.
    #[inline(always)]
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Refuses bytes that nobody reads.
    #[inline(always)]
    pub fn end(self) -> Result<(), EscrowError> {
        require(self.0.is_empty(), EscrowError::BadInstruction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_one_to_two_to_the_53() {
        let read = |amount: u64| Arguments::of(&amount.to_le_bytes()).amount();
        assert_eq!(read(0), Err(EscrowError::ZeroAmount));
        assert_eq!(read(1), Ok(1));
        assert_eq!(read(AMOUNT_MAX), Ok(AMOUNT_MAX));
        assert_eq!(read(AMOUNT_MAX + 1), Err(EscrowError::AmountTooLarge));
        assert_eq!(read(u64::MAX), Err(EscrowError::AmountTooLarge));
    }

    #[test]
    fn arguments_end_where_they_should() {
        let mut arguments = Arguments::of(&[7, 0, 0, 0, 9]);
        assert_eq!(arguments.u32(), Ok(7));
        assert_eq!(arguments.u32(), Err(EscrowError::BadInstruction));
        assert_eq!(arguments.byte(), Ok(9));
        assert_eq!(arguments.end(), Ok(()));
        assert_eq!(Arguments::of(&[1]).end(), Err(EscrowError::BadInstruction));
    }

    #[test]
    fn a_url_is_printable_and_at_most_128_bytes() {
        let mut into = [9; URL_MAX];
        let mut arguments = Arguments::of(b"\x04http\x01");
        assert_eq!(arguments.url(&mut into), Ok(()));
        assert_eq!(&into[..5], b"http\0");
        assert_eq!(into[4..], [0; URL_MAX - 4]);
        assert_eq!(arguments.byte(), Ok(1));
        for refused in [b"\x03a b".as_slice(), b"\x02a\n", b"\x05http", b"\x02\xc3\xa9", b""] {
            let read = Arguments::of(refused).url(&mut into);
            assert_eq!(read, Err(EscrowError::BadInstruction));
        }
        for (length, expected) in [(128, Ok(())), (129, Err(EscrowError::BadInstruction))] {
            let mut text = vec![length];
            text.resize(1 + length as usize, b'u');
            assert_eq!(Arguments::of(&text).url(&mut into), expected);
        }
    }
}
