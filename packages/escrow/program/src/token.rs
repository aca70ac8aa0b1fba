//! What the program reads of SPL Token's accounts.

use crate::error::{require, EscrowError};
use pinocchio::{address::address_eq, AccountView, Address};
use pinocchio_token::state::{Account, Mint};

pub use pinocchio_token::ID as TOKEN_PROGRAM;

/// USDC has six decimals, and an escrow holds nothing else.
pub const DECIMALS: u8 = 6;

const ASSOCIATED_TOKEN_PROGRAM: Address = Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// The initialised token account of SPL Token in `account`, if it is one.
pub fn token_account(account: &AccountView) -> Option<&Account> {
    if !account.owned_by(&TOKEN_PROGRAM) || account.data_len() != Account::LEN {
        return None;
    }
    // SAFETY: the size was just compared; the token program changes it only during a call to it.
    let token = unsafe { Account::from_bytes_unchecked(account.borrow_unchecked()) };
    token.is_initialized().then_some(token)
}

/// Refuses mints of other programs and with other decimals.
pub fn check_mint(mint: &AccountView) -> Result<(), EscrowError> {
    require(mint.owned_by(&TOKEN_PROGRAM), EscrowError::BadTokenProgram)?;
    require(mint.data_len() == Mint::LEN, EscrowError::BadMint)?;
    // SAFETY: the size was just compared.
    let mint = unsafe { Mint::from_bytes_unchecked(mint.borrow_unchecked()) };
    require(
        mint.is_initialized() && mint.decimals() == DECIMALS,
        EscrowError::BadMint,
    )
}

pub fn check_token_program(program: &AccountView) -> Result<(), EscrowError> {
    require(
        address_eq(program.address(), &TOKEN_PROGRAM),
        EscrowError::BadTokenProgram,
    )
}

/// The owner's associated token account.
#[inline(never)]
pub fn associated_account(owner: &Address, mint: &Address) -> Address {
    let seeds = [owner.as_ref(), TOKEN_PROGRAM.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM).0
}
