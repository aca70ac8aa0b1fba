//! 4: moves what users owe to their providers, as far as each user's balance and allowance go. No token moves.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{
        self, config::add, config::holds, config::Config, escrow::Escrow, params::Params, pause::SETTLE,
        provider::Provider, settlement::*,
    },
    Context,
};
use pinocchio::{AccountView, Address, ProgramResult};

pub const ENTRIES_MAX: usize = 64;
const ENTRY_BYTES: usize = 14;
const EVENT_KIND: u8 = 1;
const EVENT_HEAD_BYTES: usize = 43;
const NO_OP: u64 = u64::MAX;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let root = arguments.take::<32>()?;
    let batch_id = arguments.u64()?;
    let count = arguments.byte()? as usize;
    require(count > 0, EscrowError::BatchEmpty)?;
    require(count <= ENTRIES_MAX, EscrowError::BatchTooLarge)?;
    let entries = arguments.rest();
    require(
        entries.len() == count.wrapping_mul(ENTRY_BYTES),
        EscrowError::BadInstruction,
    )?;
    let [settler, config, ledger @ ..] = &mut *context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    require(holds(settler, &config.roles.settler), EscrowError::MissingSigner)?;
    let now = Now::get()?;
    config.pauses.require_open(SETTLE, now.time)?;

    let batch = Batch {
        program_id: context.program_id,
        config: &config_address,
        params: config.params,
        now,
    };
    let mut event = [0; EVENT_HEAD_BYTES + ENTRIES_MAX * 8];
    event[0] = EVENT_KIND;
    event[1..9].copy_from_slice(&batch_id.to_le_bytes());
    event[9..41].copy_from_slice(root);
    event[41..43].copy_from_slice(&(batch.params.fee_bps as u16).to_le_bytes());
    let mut moved = 0;
    let mut fees = 0;
    let mut end = EVENT_HEAD_BYTES;
    for entry in entries.chunks_exact(ENTRY_BYTES) {
        let applied = batch.settle(ledger, entry)?;
        if let Some(Applied { amount, fee }) = applied {
            moved += amount;
            fees += fee;
        }
        let logged = applied.map_or(NO_OP, |applied| applied.amount);
        event[end..end + 8].copy_from_slice(&logged.to_le_bytes());
        end += 8;
    }
    config.spend_window(moved, now.time)?;
    config.total_user -= moved;
    config.total_provider = add(config.total_provider, moved - fees)?;
    config.fee_accrued = add(config.fee_accrued, fees)?;
    config.batch_count += 1;
    config.last_root = *root;
    log(&event[..end]);
    Ok(())
}

/// What all entries of a batch have in common.
struct Batch<'a> {
    program_id: &'a Address,
    config: &'a Address,
    params: Params,
    now: Now,
}

impl Batch<'_> {
    /// Settles one entry: escrow u8, provider u8, amount u64, seq u32.
    #[inline(always)]
    fn settle(&self, ledger: &mut [AccountView], entry: &[u8]) -> Result<Option<Applied>, EscrowError> {
        let [escrow, provider, rest @ ..] = entry else {
            return Err(EscrowError::BadInstruction);
        };
        let mut arguments = Arguments::of(rest);
        let (escrow, provider) = (*escrow as usize, *provider as usize);
        let is_within = escrow < ledger.len() && provider < ledger.len();
        require(is_within, EscrowError::IndexOutOfRange)?;
        let entry = Entry {
            amount: arguments.amount()?,
            seq: arguments.u32()?,
        };
        let provider: *mut Provider = state::load_of(&mut ledger[provider], self.program_id, self.config)?;
        if is_closed(&ledger[escrow]) {
            return Ok(Some(Applied { amount: 0, fee: 0 }));
        }
        let escrow = state::load_of::<Escrow>(&mut ledger[escrow], self.program_id, self.config)?;
        // SAFETY: an account is of one kind, so these two are not the same.
        let provider = unsafe { &mut *provider };
        settle(escrow, provider, entry, &self.params, self.now)
    }
}

/// A user who left may have closed the escrow; that stops nobody else's payment.
#[inline(always)]
fn is_closed(account: &AccountView) -> bool {
    account.is_data_empty() && account.owned_by(&pinocchio_system::ID)
}

#[cfg(any(target_os = "solana", target_arch = "bpf"))]
#[inline(always)]
fn log(event: &[u8]) {
    let fields: [&[u8]; 1] = [event];
    // SAFETY: the syscall reads the slices only during the call.
    unsafe { pinocchio::syscalls::sol_log_data(fields.as_ptr().cast(), 1) };
}

#[cfg(not(any(target_os = "solana", target_arch = "bpf")))]
fn log(_event: &[u8]) {}
