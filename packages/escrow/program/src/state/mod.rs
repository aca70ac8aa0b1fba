//! The accounts of the program: `docs/escrow.md` has their layouts as tables.

pub mod config;
pub mod escrow;
pub mod params;
pub mod pause;
pub mod provider;
pub mod roles;
pub mod settlement;

use crate::error::{require, EscrowError};
use core::mem::size_of;
use pinocchio::{address::address_eq, AccountView, Address};

pub const VERSION: u8 = 1;

/// An account of this program.
///
/// # Safety
/// A `repr(C)` struct without padding in which every bit pattern is a value, aligned to 8 as account data is, whose
/// first two bytes are kind and version.
pub unsafe trait Record {
    const KIND: u8;
}

/// A record that belongs to one router.
pub trait Member: Record {
    fn config(&self) -> &Address;
}

/// The record in an account, accepted by its owner, size, kind and version.
///
/// No two records of an instruction are of one kind, so what this gives never overlaps.
#[inline(always)]
pub fn load<'a, R: Record>(account: &'a mut AccountView, program_id: &Address) -> Result<&'a mut R, EscrowError> {
    require(account.owned_by(program_id), EscrowError::BadOwner)?;
    require(account.data_len() == size_of::<R>(), EscrowError::BadDiscriminator)?;
    let data = account.data_mut_ptr();
    // SAFETY: the size was just compared, and a record is any bytes of that size.
    let (kind, version, record) = unsafe { (*data, *data.add(1), &mut *data.cast::<R>()) };
    require(kind == R::KIND, EscrowError::BadDiscriminator)?;
    require(version == VERSION, EscrowError::BadVersion)?;
    Ok(record)
}

/// The record in an account, which also names this router.
#[inline(always)]
pub fn load_of<'a, M: Member>(
    account: &'a mut AccountView,
    program_id: &Address,
    config: &Address,
) -> Result<&'a mut M, EscrowError> {
    let record = load::<M>(account, program_id)?;
    require(address_eq(record.config(), config), EscrowError::ConfigMismatch)?;
    Ok(record)
}

/// Writes the first record into an account that was just created with its size.
#[inline(always)]
pub fn write<R: Record>(account: &mut AccountView, record: R) -> Result<(), EscrowError> {
    require(account.data_len() == size_of::<R>(), EscrowError::BadDiscriminator)?;
    // SAFETY: as in `load`; the data is zeros of the right size.
    unsafe { account.data_mut_ptr().cast::<R>().write(record) };
    Ok(())
}
