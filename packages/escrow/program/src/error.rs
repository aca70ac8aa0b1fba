//! Everything the program refuses, by code. Codes are appended, never changed or used again.

use pinocchio::error::ProgramError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum EscrowError {
    BadInstruction = 0,
    MissingSigner = 1,
    BadOwner = 2,
    BadDiscriminator = 3,
    BadVersion = 4,
    ConfigMismatch = 5,
    BadPda = 6,
    BadMint = 7,
    BadTokenProgram = 8,
    BadVault = 9,
    BadDestination = 10,
    AlreadyInitialized = 11,
    Paused = 20,
    ZeroAmount = 21,
    BelowMinDeposit = 22,
    InsufficientBalance = 23,
    Overflow = 24,
    DepositDelta = 25,
    AmountTooLarge = 26,
    NoticePending = 32,
    SeqGap = 33,
    SettlerCap = 34,
    BatchEmpty = 35,
    BatchTooLarge = 36,
    IndexOutOfRange = 37,
    SelfDealing = 38,
    ExitPending = 40,
    ExitNotRequested = 41,
    ExitTooEarly = 42,
    NotEmpty = 43,
    TooYoung = 44,
    BadWithdrawSeq = 45,
    NotProviderOwner = 50,
    CosignerRequired = 51,
    NothingToWithdraw = 52,
    PayoutTimelock = 53,
    FeeTooHigh = 60,
    DelayOutOfRange = 61,
    ParamNotReady = 62,
    NotAdmin = 63,
    NotPendingAdmin = 64,
    PauseCooldown = 65,
    Insolvent = 70,
}

impl From<EscrowError> for ProgramError {
    #[inline(always)]
    fn from(error: EscrowError) -> Self {
        ProgramError::Custom(error as u32)
    }
}

/// Fails with `error` where `condition` does not hold.
#[inline(always)]
pub fn require(condition: bool, error: EscrowError) -> Result<(), EscrowError> {
    if condition {
        Ok(())
    } else {
        Err(error)
    }
}
