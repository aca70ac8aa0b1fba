//! Tells whoever finds a fault where to report it, in the form that explorers read (security.txt of Solana programs).

/// Fields and values, each ended by a zero byte.
const TEXT: &[u8] = b"=======BEGIN SECURITY.TXT V1=======\0\
name\0AiMo Network escrow\0\
project_url\0https://aimo.network\0\
contacts\0email:security@aimo.network\0\
policy\0https://aimo.network/security\0\
preferred_languages\0en\0\
=======END SECURITY.TXT V1=======\0";

#[used]
#[cfg_attr(any(target_os = "solana", target_arch = "bpf"), link_section = ".security.txt")]
static SECURITY_TEXT: [u8; TEXT.len()] = {
    let mut bytes = [0; TEXT.len()];
    let mut index = 0;
    while index < TEXT.len() {
        bytes[index] = TEXT[index];
        index += 1;
    }
    bytes
};
