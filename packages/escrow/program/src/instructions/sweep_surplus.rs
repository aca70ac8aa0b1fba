//! 22: takes out what was sent to the vault without belonging to anybody.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    state::{self, config::holds, config::Config},
    vault::Payment,
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [fee_owner, config, vault, authority, destination, mint, token_program, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    require(holds(fee_owner, &config.roles.fee_owner), EscrowError::MissingSigner)?;
    let payment = Payment {
        config_address: &config_address,
        config,
        vault,
        authority,
        destination,
        mint,
        token_program,
    };
    payment.check_accounts()?;
    payment.check_destination()?;
    let surplus = payment
        .vault_amount()?
        .checked_sub(config.liabilities())
        .ok_or(EscrowError::Insolvent)?;
    require(surplus > 0, EscrowError::NothingToWithdraw)?;
    payment.pay(surplus)
}
