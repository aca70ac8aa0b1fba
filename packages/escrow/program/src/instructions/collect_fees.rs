//! 15: pays the router its share of what was settled.

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
    let mut arguments = Arguments::of(context.data);
    let amount = arguments.amount()?;
    arguments.end()?;
    let [fee_owner, config, vault, authority, destination, mint, token_program, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    require(holds(fee_owner, &config.roles.fee_owner), EscrowError::MissingSigner)?;
    require(config.fee_accrued > 0, EscrowError::NothingToWithdraw)?;
    require(amount <= config.fee_accrued, EscrowError::InsufficientBalance)?;
    let owed = config.liabilities();

    config.fee_accrued -= amount;
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
    require(payment.vault_amount()? >= owed, EscrowError::Insolvent)?;
    payment.pay(amount)
}
