//! 2: moves tokens into the vault for a user. Anybody may pay for anybody.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::add, config::Config, escrow::Escrow, pause::DEPOSIT},
    token::{check_token_program, token_account, DECIMALS},
    Context,
};
use pinocchio::{address::address_eq, AccountView, ProgramResult};
use pinocchio_token::instructions::TransferChecked;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let amount = arguments.amount()?;
    arguments.end()?;
    let [funder, source, config, escrow, vault, mint, token_program, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    let escrow = state::load_of::<Escrow>(escrow, context.program_id, &config_address)?;
    require(funder.is_signer(), EscrowError::MissingSigner)?;
    require(amount >= config.params.min_deposit, EscrowError::BelowMinDeposit)?;
    config.pauses.require_open(DEPOSIT, Now::get()?.time)?;
    require(!escrow.is_exiting(), EscrowError::ExitPending)?;
    let before = vault_amount(vault, config)?;
    require(!address_eq(source.address(), vault.address()), EscrowError::BadVault)?;
    require(address_eq(mint.address(), &config.mint), EscrowError::BadMint)?;
    check_token_program(token_program)?;

    TransferChecked::new(source, mint, vault, funder, amount, DECIMALS).invoke()?;

    let after = vault_amount(vault, config)?;
    let delta = after.checked_sub(before);
    require(delta == Some(amount), EscrowError::DepositDelta)?;
    escrow.credit(amount)?;
    config.total_user = add(config.total_user, amount)?;
    Ok(())
}

/// What is in the vault, which nobody but the program can move.
fn vault_amount(vault: &AccountView, config: &Config) -> Result<u64, EscrowError> {
    let is_named = address_eq(vault.address(), &config.vault);
    require(is_named, EscrowError::BadVault)?;
    let token = token_account(vault).ok_or(EscrowError::BadVault)?;
    let is_ours =
        address_eq(token.owner(), &config.vault_authority) && !token.has_delegate() && !token.has_close_authority();
    require(is_ours, EscrowError::BadVault)?;
    Ok(token.amount())
}
