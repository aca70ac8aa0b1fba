//! 8: pays everything to a user whose exit is due. Anybody may call it; never pausable.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, escrow::Escrow},
    token::associated_account,
    vault::Payment,
    Context,
};
use pinocchio::{address::address_eq, AccountView, ProgramResult};

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [user, config, escrow, vault, authority, destination, mint, token_program, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    let escrow = state::load_of::<Escrow>(escrow, context.program_id, &config_address)?;
    require(address_eq(user.address(), &escrow.user), EscrowError::MissingSigner)?;
    require(escrow.is_exiting(), EscrowError::ExitNotRequested)?;
    let now = Now::get()?;
    require(
        now.time >= escrow.exit_deadline(config.params.user_exit_delay),
        EscrowError::ExitTooEarly,
    )?;

    let amount = escrow.balance;
    escrow.withdraw(amount, now.slot)?;
    escrow.end_exit();
    config.total_user -= amount;
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
    if amount == 0 {
        return Ok(());
    }
    check_destination(&payment, user)?;
    payment.pay(amount)
}

/// Where the user does not sign, only what is surely the user's: the associated account, not given away since.
fn check_destination(payment: &Payment, user: &AccountView) -> Result<(), EscrowError> {
    let holder = payment.check_destination()?;
    if user.is_signer() {
        return Ok(());
    }
    let associated = associated_account(user.address(), &payment.config.mint);
    let is_theirs = address_eq(holder, user.address()) && address_eq(payment.destination.address(), &associated);
    require(is_theirs, EscrowError::BadDestination)
}
