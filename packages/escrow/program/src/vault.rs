//! The only way tokens leave the vault.

use crate::error::{require, EscrowError};
use crate::state::config::Config;
use crate::token::{check_token_program, token_account, DECIMALS};
use pinocchio::{
    address::address_eq,
    cpi::{Seed, Signer},
    AccountView, Address, ProgramResult,
};
use pinocchio_token::instructions::TransferChecked;

pub const CONFIG_SEED: &[u8] = b"config";
pub const VAULT_SEED: &[u8] = b"vault";
pub const AUTHORITY_SEED: &[u8] = b"auth";

/// The accounts every payment has, checked against the config.
pub struct Payment<'a> {
    pub config_address: &'a Address,
    pub config: &'a Config,
    pub vault: &'a AccountView,
    pub authority: &'a AccountView,
    pub destination: &'a AccountView,
    pub mint: &'a AccountView,
    pub token_program: &'a AccountView,
}

impl Payment<'_> {
    /// Refuses accounts that are not the router's.
    pub fn check_accounts(&self) -> Result<(), EscrowError> {
        let is_vault = address_eq(self.vault.address(), &self.config.vault)
            && address_eq(self.authority.address(), &self.config.vault_authority);
        require(is_vault, EscrowError::BadVault)?;
        require(address_eq(self.mint.address(), &self.config.mint), EscrowError::BadMint)?;
        check_token_program(self.token_program)
    }

    /// Who can move what is at the destination; refuses all but token accounts of the mint outside the vault.
    pub fn check_destination(&self) -> Result<&Address, EscrowError> {
        check_outside(self.destination, self.config)
    }

    /// What is in the vault.
    pub fn vault_amount(&self) -> Result<u64, EscrowError> {
        Ok(token_account(self.vault).ok_or(EscrowError::BadVault)?.amount())
    }

    /// Pays from the vault; the numbers have been changed before.
    #[inline(never)]
    pub fn pay(&self, amount: u64) -> ProgramResult {
        let bump = [self.config.authority_bump];
        let seeds = [
            Seed::from(AUTHORITY_SEED),
            Seed::from(self.config_address.as_ref()),
            Seed::from(&bump),
        ];
        TransferChecked::new(
            self.vault,
            self.mint,
            self.destination,
            self.authority,
            amount,
            DECIMALS,
        )
        .invoke_signed(&[Signer::from(&seeds)])
    }
}

/// As `Payment::check_destination`, for an account that is only named.
pub fn check_outside<'a>(destination: &'a AccountView, config: &Config) -> Result<&'a Address, EscrowError> {
    require(
        !address_eq(destination.address(), &config.vault),
        EscrowError::BadDestination,
    )?;
    let token = token_account(destination).ok_or(EscrowError::BadDestination)?;
    require(address_eq(token.mint(), &config.mint), EscrowError::BadDestination)?;
    Ok(token.owner())
}
