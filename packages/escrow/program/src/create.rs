//! Creates the program's accounts at their derived addresses.

use crate::error::{require, EscrowError};
use pinocchio::{
    address::address_eq,
    cpi::{Seed, Signer},
    AccountView, Address, ProgramResult,
};
use pinocchio_system::create_account_with_minimum_balance_signed;

/// An account to be created at the address of `seeds`.
pub struct NewAccount<'a> {
    pub payer: &'a AccountView,
    pub account: &'a mut AccountView,
    /// A fixed word and one or two keys.
    pub seeds: &'a [&'a [u8]],
    pub space: usize,
    pub owner: &'a Address,
}

/// The bump of the derived address, if it is this one.
pub fn check_derived(address: &Address, seeds: &[&[u8]], program_id: &Address) -> Result<u8, EscrowError> {
    let (derived, bump) = Address::find_program_address(seeds, program_id);
    require(address_eq(&derived, address), EscrowError::BadPda)?;
    Ok(bump)
}

impl NewAccount<'_> {
    /// Creates the account and gives its bump; an account that already has data is refused, lamports are used.
    #[inline(never)]
    pub fn create(&mut self, program_id: &Address, bump: &mut u8) -> ProgramResult {
        require(self.payer.is_signer(), EscrowError::MissingSigner)?;
        *bump = check_derived(self.account.address(), self.seeds, program_id)?;
        require(
            self.account.is_data_empty() && self.account.owned_by(&pinocchio_system::ID),
            EscrowError::AlreadyInitialized,
        )?;
        let bump = [*bump];
        let empty: &[u8] = &[]; // seeds are joined, so one of no bytes changes no address
        let seed = |index: usize| Seed::from(self.seeds.get(index).copied().unwrap_or(empty));
        let seeds = [seed(0), seed(1), seed(2), Seed::from(&bump)];
        create_account_with_minimum_balance_signed(
            self.account,
            self.space,
            self.owner,
            self.payer,
            None,
            &[Signer::from(&seeds)],
        )
    }
}
