//! The keys a router works with, beside its admin.

use pinocchio::{address::address_eq, Address};

/// Zeros: nobody has the role. No key signs for the zero address, and none is accepted for it.
pub const NOBODY: Address = Address::new_from_array([0; 32]);

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Roles {
    /// Hot: may only settle.
    pub settler: Address,
    /// Warm: may only sign withdrawals, payouts and roles beside those they belong to.
    pub cosigner: Address,
    /// May only pause.
    pub guardian: Address,
    /// May only collect fees and donations.
    pub fee_owner: Address,
}

impl Roles {
    pub const NOBODY: Roles = Roles {
        settler: NOBODY,
        cosigner: NOBODY,
        guardian: NOBODY,
        fee_owner: NOBODY,
    };

    /// These roles without those whom `wanted` makes nobody.
    pub fn without_revoked(&self, wanted: &Roles) -> Roles {
        let keep = |held: &Address, wanted: &Address| {
            if address_eq(wanted, &NOBODY) {
                NOBODY
            } else {
                *held
            }
        };
        Roles {
            settler: keep(&self.settler, &wanted.settler),
            cosigner: keep(&self.cosigner, &wanted.cosigner),
            guardian: keep(&self.guardian, &wanted.guardian),
            fee_owner: keep(&self.fee_owner, &wanted.fee_owner),
        }
    }

    pub fn equals(&self, other: &Roles) -> bool {
        address_eq(&self.settler, &other.settler)
            && address_eq(&self.cosigner, &other.cosigner)
            && address_eq(&self.guardian, &other.guardian)
            && address_eq(&self.fee_owner, &other.fee_owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_revoked_roles_are_left_out_at_once() {
        let [a, b, c] = [1, 2, 3].map(|byte| Address::new_from_array([byte; 32]));
        let held = Roles {
            settler: a,
            cosigner: b,
            guardian: c,
            fee_owner: NOBODY,
        };
        let wanted = Roles {
            settler: NOBODY,
            cosigner: c,
            guardian: c,
            fee_owner: a,
        };
        let at_once = held.without_revoked(&wanted);
        assert_eq!(
            at_once,
            Roles {
                settler: NOBODY,
                ..held
            }
        );
        assert!(!at_once.equals(&wanted));
        assert!(at_once.equals(&at_once.without_revoked(&held)));
    }
}
