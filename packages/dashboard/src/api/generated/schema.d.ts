// Written by `npm run types` from a router's OpenAPI document: change the router's schemas, not this.
export interface paths {
    "/.well-known/aimo.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This router, where its URL is all one knows */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            accepts_v1_spending: boolean;
                            /** @description What an OpenAI client takes as its base URL */
                            api_base: string;
                            /** @description Where the router has a chain, and has seen it */
                            chain?: {
                                /** @description Seconds */
                                allowance_notice: number;
                                /** @description How sure the chain must be before the router believes it */
                                commitment: string;
                                /** @description This router's account of it */
                                config: string;
                                /** @description The router's share of what is settled, in hundredths of a percent */
                                fee_bps: number;
                                /** @description USDC */
                                min_deposit: string;
                                mint: string;
                                /** @description Which Solana, in CAIP-2: `solana:` and the beginning of its genesis hash; absent while unknown */
                                network?: string;
                                /** @description The escrow program */
                                program_id: string;
                                /** @description Seconds */
                                provider_exit_delay: number;
                                /** @description A Solana RPC node that browsers may ask; absent where none is known */
                                public_rpc_url?: string;
                                /** @description Seconds */
                                user_exit_delay: number;
                                vault: string;
                            };
                            /** @description What provider links it speaks */
                            dialects: string[];
                            limits: {
                                body_bytes_max: number;
                                first_byte_timeout_ms: number;
                                idle_timeout_ms: number;
                                requests_per_key_max: number;
                                /** @description How old a charge may get before it is settled on chain, where there is one */
                                settle_age_ms?: number;
                                total_timeout_ms: number;
                            };
                            name: string;
                            /** @description The router's Ed25519 key in base58: what keys are bound to */
                            router_id: string;
                            software: string;
                            /** @description Where clients and proxies reach it */
                            url: string;
                            version: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/allowance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the allowance
         * @description `total` is the most that may ever be settled, what was settled before included. What lowers it waits for the router's notice.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description ISO 8601 */
                        expires_at: string;
                        /** @description USDC, a decimal with at most 6 places */
                        total: string;
                        /** @description Whose money it is; who is signed in, where none is named */
                        wallet?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description As `describeTransaction` of @aimo-network/escrow derives it from the bytes */
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                };
                                /** @description It can land up to there: about a minute */
                                last_valid_block_height: number;
                                /** @description What is signed, in base64 */
                                message: string;
                                /** @description Who has to sign; the first pays the fee */
                                signers: string[];
                                /** @description On the wire, in base64, with zeros in place of the signatures */
                                transaction: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the wallet has at this router
         * @description Exact decimals of USDC, for a session or a key with the scope `account`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description What requests may still lock, in USDC */
                                available: string;
                                /** @description What ever came in, in USDC */
                                deposited: string;
                                /** @description What a request may lock now: available, and within the allowance, in USDC */
                                lockable: string;
                                /** @description What running requests may cost at most, in USDC */
                                locked: string;
                                /** @description What was charged and is not settled on chain yet, in USDC */
                                payable: string;
                                /** @description What waits for a withdrawal, in USDC */
                                withdrawing: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/deposit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deposit USDC
         * @description Anybody may deposit for any wallet. An escrow that is missing is opened, which its wallet signs.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description Who pays it in, from the associated token account; the wallet itself by default */
                        funder?: string;
                        /** @description Whether the allowance rises by as much, for a year: it does where the wallet itself pays in */
                        raise_allowance?: boolean;
                        /** @description Whose money it is; who is signed in, where none is named */
                        wallet?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description As `describeTransaction` of @aimo-network/escrow derives it from the bytes */
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                };
                                /** @description It can land up to there: about a minute */
                                last_valid_block_height: number;
                                /** @description What is signed, in base64 */
                                message: string;
                                /** @description Who has to sign; the first pays the fee */
                                signers: string[];
                                /** @description On the wire, in base64, with zeros in place of the signatures */
                                transaction: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/deposits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came in, newest first
         * @description For a session or a key with the scope `account`. The ledger follows totals: no transaction is named.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before */
                    cursor?: string;
                    /** @description 1 to 100 */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                /**
                                 * Format: date-time
                                 * @description When it was credited
                                 */
                                at: string;
                                id: string;
                                /** @description The slot it was seen at: its transaction landed there or a little before */
                                seen_slot: number | null;
                            }[];
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/escrow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The wallet's escrow on the chain
         * @description Read from the chain at this moment, for a session or a key with the scope `account`. Whoever does not trust a router reads it there.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description The escrow's, open or not */
                                address: string;
                                /** @description The most that may ever be settled, until when, and what of it is left */
                                allowance: {
                                    /** Format: date-time */
                                    expires_at: string;
                                    /** @description USDC */
                                    left: string;
                                    /** @description USDC */
                                    total: string;
                                } | null;
                                balance: string | null;
                                deposited: string | null;
                                /** @description Leaving without the router, where it was asked for */
                                exit: {
                                    /**
                                     * Format: date-time
                                     * @description From then on anybody may finalize it
                                     */
                                    due_at: string;
                                    is_due: boolean;
                                    /** Format: date-time */
                                    requested_at: string;
                                } | null;
                                /** @description Where none is open, all that follows but `wallet` is null */
                                is_open: boolean;
                                /** @description A lower one that comes into force by itself */
                                pending_allowance: {
                                    /** Format: date-time */
                                    at: string;
                                    /** Format: date-time */
                                    expires_at: string;
                                    /** @description USDC */
                                    total: string;
                                } | null;
                                settled: string | null;
                                /** @description What the wallet holds itself, and could deposit */
                                wallet: {
                                    token_account: string;
                                    /** @description USDC */
                                    usdc: string;
                                };
                                withdrawn: string | null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/exit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave without the router's agreement
         * @description `request` starts the router's delay, after which anybody may `finalize`: the whole balance is paid out, whatever the router does.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        action: "request" | "cancel" | "finalize";
                        /** @description Whose money it is; who is signed in, where none is named */
                        wallet?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description As `describeTransaction` of @aimo-network/escrow derives it from the bytes */
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                };
                                /** @description It can land up to there: about a minute */
                                last_valid_block_height: number;
                                /** @description What is signed, in base64 */
                                message: string;
                                /** @description Who has to sign; the first pays the fee */
                                signers: string[];
                                /** @description On the wire, in base64, with zeros in place of the signatures */
                                transaction: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open an escrow with a first deposit
         * @description The rent is the wallet's and comes back when the escrow is closed. The allowance is the deposit and lasts a year, where nothing is said.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description USDC, a decimal with at most 6 places */
                        allowance?: string;
                        /** @description ISO 8601 */
                        allowance_expires_at?: string;
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description Who pays it in, from the associated token account; the wallet itself by default */
                        funder?: string;
                        /** @description Whose money it is; who is signed in, where none is named */
                        wallet?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description As `describeTransaction` of @aimo-network/escrow derives it from the bytes */
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                };
                                /** @description It can land up to there: about a minute */
                                last_valid_block_height: number;
                                /** @description What is signed, in base64 */
                                message: string;
                                /** @description Who has to sign; the first pays the fee */
                                signers: string[];
                                /** @description On the wire, in base64, with zeros in place of the signatures */
                                transaction: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/solvency-proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * That the wallet's balance is counted in the last root
         * @description For a session or a key with the scope `account`; how to check it is in docs/solvency.md.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                balance: string;
                                index: number;
                                path: {
                                    /** @description Lower-case hex */
                                    hash: string;
                                    /** @description USDC */
                                    sum: string;
                                }[];
                                root: {
                                    at: string;
                                    /** @description Lower-case hex */
                                    hash: string;
                                    /** @description How many users are counted */
                                    size: number;
                                    slot: number;
                                    /** @description USDC */
                                    total: string;
                                };
                                /** @description Lower-case hex */
                                salt: string;
                                user: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a signed transaction
         * @description One of POST /account/{open,deposit,allowance,exit}, or any other that does only such things. It waits two seconds for the transaction to land; said twice it is the same.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description In base64 */
                        transaction: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                failure: string | null;
                                signature: string;
                                slot: number | null;
                                /** @enum {unknown} */
                                status: "sent" | "confirmed" | "finalized" | "failed";
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/transactions/{signature}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a transaction is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description In base58 */
                    signature: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                failure: string | null;
                                signature: string;
                                slot: number | null;
                                /** @enum {unknown} */
                                status: "sent" | "confirmed" | "finalized" | "failed";
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw a user's funds
         * @description By a session or by the wallet's signature, never by a key alone. The answer is to be signed by the wallet and handed in within a minute. Asked again for the same, it is the same withdrawal.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description A token account of the router's mint; the wallet's own where none is named */
                        destination?: string;
                    } | {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description As in the signed text */
                        date: string;
                        /** @description A token account of the router's mint; the wallet's own where none is named */
                        destination?: string;
                        /** @description In base58 */
                        signature: string;
                        /** @description In base58 */
                        wallet: string;
                    } | {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description As in the signed text */
                        date: string;
                        /** @description A token account of the router's mint; the wallet's own where none is named */
                        destination?: string;
                        /** @description In base64: legacy, signed by the wallet, with one instruction, a memo that holds the text */
                        transaction: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                } | null;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/withdrawals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Withdrawals of a user's funds, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before */
                    cursor?: string;
                    /** @description 1 to 100 */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            }[];
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/withdrawals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One withdrawal of a user's funds */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The withdrawal's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                } | null;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/withdrawals/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand in a withdrawal of a user's funds
         * @description The router's transaction, byte for byte, with the wallet's signature: it needs no login. It waits two seconds for it to land; said twice it is the same.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The withdrawal's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description In base64 */
                        transaction: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                /** @description How far its transaction is; null where it has ended */
                                landing: {
                                    failure: string | null;
                                    signature: string;
                                    slot: number | null;
                                    /** @enum {unknown} */
                                    status: "sent" | "confirmed" | "finalized" | "failed";
                                } | null;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was used, by day, model and provider
         * @description The last 30 completed days in UTC, for a session or a key with the scope `account`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A key's id */
                    api_key_hash?: string;
                    /** @description YYYY-MM-DD in UTC, of the last 30 days */
                    date?: string;
                    /** @description A wallet is one workspace: its address; `app` tells apart what requests said they came from, `api_key` the keys */
                    group_by?: "workspace" | "app" | "api_key";
                    /** @description Also the day that is not over */
                    include_today?: "true" | "false";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description The key's id */
                                api_key_hash?: string;
                                /** @description Its name or tag, or its id where it has none */
                                api_key_label?: string;
                                /** @description The app's number in the rankings */
                                app_id?: number | null;
                                app_name?: string | null;
                                /** @enum {number} */
                                byok_usage_inference: 0;
                                cached_tokens: number;
                                completion_tokens: number;
                                /** @description The same as a decimal string */
                                cost: string;
                                date: string;
                                /** @description `<wallet>:<slug>` */
                                endpoint_id: string;
                                /** @description The app's address, without its query */
                                http_referer?: string | null;
                                model: string;
                                model_permaslug: string;
                                prompt_tokens: number;
                                /** @description The provider's wallet */
                                provider_name: string;
                                reasoning_tokens: number;
                                requests: number;
                                /** @description USDC, exactly as charged */
                                usage: number;
                                workspace_id?: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The text a wallet signs to sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        address: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            expires_at: string;
                            input: {
                                address: string;
                                domain: string;
                                /** Format: date-time */
                                expirationTime: string;
                                /** Format: date-time */
                                issuedAt: string;
                                nonce: string;
                                statement: string;
                                uri: string;
                                version: string;
                            };
                            /** @description The exact text to sign */
                            message: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with what a wallet signed; sets the session's cookie */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        address: string;
                        /** @description The text that was signed */
                        message: string;
                        /** @description In base58 */
                        signature: string;
                    } | {
                        /** @description In base64: legacy, signed by the wallet, with one instruction, a memo that holds the text */
                        transaction: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For `x-csrf-token` of every request that changes something */
                            csrf_token: string;
                            /** Format: date-time */
                            expires_at: string;
                            /**
                             * Format: date-time
                             * @description When it ends if it is not used any more
                             */
                            idle_expires_at: string;
                            wallet: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session has ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For `x-csrf-token` of every request that changes something */
                            csrf_token: string;
                            /** Format: date-time */
                            expires_at: string;
                            /**
                             * Format: date-time
                             * @description When it ends if it is not used any more
                             */
                            idle_expires_at: string;
                            wallet: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Chat completion
         * @description OpenAI's request and answer, as JSON or as server-sent events; `usage.cost` is in USDC. By a key, or by a session with its CSRF token.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The address of the app that asks; its query and fragment are not kept */
                    "http-referer"?: string;
                    /** @description `1`: `aimo_metadata` says of every offer why it has its place, or none */
                    "x-aimo-explain"?: string;
                    /** @description `1` lets the request count in the public ranking of apps */
                    "x-aimo-public-app"?: string;
                    /** @description What the app calls itself */
                    "x-openrouter-title"?: string;
                    /** @description The same, where there is no `x-openrouter-title` */
                    "x-title"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        max_completion_tokens?: number;
                        max_tokens?: number;
                        messages: ({
                            role: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        /** @description `author/slug`, a bare `slug`, or `<provider wallet>:<slug>`; `:floor` behind it asks the cheapest providers first, `:nitro` the fastest. Without it the first of `models` is asked */
                        model?: string | null;
                        /** @description Models that may answer where those before them cannot, in this order */
                        models?: string[] | null;
                        n?: number;
                        provider?: {
                            allow_fallbacks?: boolean | null;
                            data_collection?: ("allow" | "deny") | null;
                            enforce_distillable_text?: boolean | null;
                            ignore?: string[] | null;
                            max_price?: {
                                audio?: (string | number) | null;
                                completion?: (string | number) | null;
                                image?: (string | number) | null;
                                prompt?: (string | number) | null;
                                request?: (string | number) | null;
                            } | null;
                            only?: string[] | null;
                            order?: string[] | null;
                            preferred_max_latency?: (number | {
                                p50?: number | null;
                                p75?: number | null;
                                p90?: number | null;
                                p99?: number | null;
                            }) | null;
                            preferred_min_throughput?: (number | {
                                p50?: number | null;
                                p75?: number | null;
                                p90?: number | null;
                                p99?: number | null;
                            }) | null;
                            quantizations?: ("int4" | "int8" | "fp4" | "mxfp4" | "nvfp4" | "fp6" | "fp8" | "mxfp8" | "fp16" | "bf16" | "fp32" | "unknown")[] | null;
                            require_parameters?: boolean | null;
                            sort?: (("price" | "throughput" | "latency") | {
                                by?: ("price" | "throughput" | "latency") | null;
                                partition?: ("model" | "none") | null;
                            }) | null;
                            zdr?: boolean | null;
                        } | null;
                        response_format?: {
                            type: string;
                        } & {
                            [key: string]: unknown;
                        };
                        route?: "fallback" | null;
                        stop?: string | string[];
                        /** @default false */
                        stream?: boolean;
                        temperature?: number;
                        tool_choice?: string | {
                            [key: string]: unknown;
                        };
                        tools?: ({
                            type: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        top_p?: number;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            aimo_metadata?: {
                                /** @description All offers of these models, those that were asked first */
                                offers: {
                                    /** @description What kept it out */
                                    excluded: string | null;
                                    model: string;
                                    /** @description From 0, the one that was asked first */
                                    place: number | null;
                                    /** @description USDC per million tokens; the rest each */
                                    pricing: {
                                        [key: string]: string;
                                    };
                                    /** @description The provider's wallet */
                                    provider: string;
                                    /** @description What places it where it stands */
                                    reasons: string[];
                                    /** @description Its part of the model's traffic, 0 to 1, before what this request asks */
                                    share: number;
                                    /** @description How to ask for this offer: `<wallet>:<slug>` */
                                    tag: string;
                                    /**
                                     * @description What inspection has found out about it
                                     * @enum {unknown}
                                     */
                                    verdict: "new" | "verified" | "unverified";
                                }[];
                                /** @description The models asked for, in their order */
                                requested: string[];
                            };
                            choices: ({
                                /** @enum {unknown} */
                                finish_reason: "stop" | "length" | "tool_calls" | "content_filter" | "error";
                                index: number;
                                message: {
                                    role: string;
                                } & {
                                    [key: string]: unknown;
                                };
                                /** @description The provider's own word for it */
                                native_finish_reason: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                            created: number;
                            /** @description The generation's id, also in `x-generation-id` */
                            id: string;
                            /** @description The model that answered, which may be one of `models` */
                            model: string;
                            /** @enum {string} */
                            object: "chat.completion";
                            /** @description The wallet of the provider that answered */
                            provider: string;
                            usage?: {
                                completion_tokens: number;
                                completion_tokens_details: {
                                    audio_tokens: number;
                                    reasoning_tokens: number;
                                };
                                /** @description USDC, up to nine decimals */
                                cost: number;
                                prompt_tokens: number;
                                prompt_tokens_details: {
                                    audio_tokens: number;
                                    cached_tokens: number;
                                };
                                total_tokens: number;
                            };
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came in and what was used
         * @description For a session or a key with the scope `account`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description The second, in USDC */
                                charged: string;
                                /** @description The first of both as a decimal string, in USDC */
                                deposited: string;
                                /** @description USDC that ever came in */
                                total_credits: number;
                                /** @description USDC that was ever charged */
                                total_usage: number;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/app-rankings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The apps that most wallets pay for
         * @description Of requests that named their app and let it be counted (`x-aimo-public-app: 1`), over completed days in UTC; nothing behind which there are fewer than ten wallets that paid.
         */
        get: {
            parameters: {
                query?: {
                    /** @description YYYY-MM-DD: the last day; the newest that is ranked where it is absent */
                    end_date?: string;
                    /** @description 1 to 100 */
                    limit?: string;
                    /** @description 0 to 100 */
                    offset?: string;
                    /** @description 1, 7 or 30 days in UTC; `month` where nothing else is said */
                    period?: "day" | "week" | "month";
                    sort?: "popular";
                    /** @description YYYY-MM-DD: the first day, which with the last makes 1, 7 or 30 */
                    start_date?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                app_id: number;
                                /** @description What most of its wallets call it, or its host */
                                app_name: string;
                                app_url: string;
                                /** @description The models that most of them used */
                                models: string[];
                                /** @description By the wallets that paid, then by tokens */
                                rank: number;
                                /** @description rounded down to two digits */
                                total_requests: number;
                                /** @description Prompt and completion tokens, rounded down to two digits */
                                total_tokens: string;
                                /** @description Wallets that paid, rounded down to two digits */
                                total_wallets: number;
                            }[];
                            meta: {
                                /** Format: date-time */
                                as_of: string;
                                end_date: string;
                                start_date: string;
                                /** @enum {string} */
                                version: "v1";
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/zdr": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The offers of all models that say they keep nothing */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    data_collection: string | null;
                                    examined_at: string | null;
                                    /** @description Requests they could take now */
                                    free_slots: number;
                                    /** @description May be asked at the same time as another */
                                    hedge: boolean;
                                    /** @description Served too few payers to be known */
                                    is_new: boolean;
                                    /** @description Connections that sell it on these terms */
                                    links: number;
                                    reasons: {
                                        code: string;
                                        /** @description For the provider to read */
                                        words: string;
                                    }[];
                                    /** @description Its part of the model's traffic, 0 to 1, before what single requests ask for */
                                    share: number;
                                    /**
                                     * Format: date-time
                                     * @description When it came on sale, on the link that has sold it longest
                                     */
                                    since: string;
                                    /** @description good, slow, degraded, resting or outage: the good ones are asked first */
                                    tier: string;
                                    /** @description verified, new (not examined yet) or unverified */
                                    verdict: string;
                                    /** @description What it says it can do and could not when it was asked to */
                                    withdrawn: string[];
                                    /** @description Says it keeps nothing when an answer has ended */
                                    zdr: boolean;
                                };
                                /** @description 0 where the provider does not say */
                                context_length: number;
                                /** @description Milliseconds to the first output, of streams */
                                latency_last_30m: {
                                    p50: number;
                                    p75: number;
                                    p90: number;
                                    p99: number;
                                } | null;
                                max_completion_tokens: number | null;
                                max_prompt_tokens: number | null;
                                model_id: string;
                                model_name: string;
                                name: string;
                                pricing: {
                                    /** @description USDC per completion token */
                                    completion: string;
                                    /** @description USDC per image input */
                                    image: string;
                                    /** @description USDC per cached prompt token */
                                    input_cache_read?: string;
                                    /** @description USDC per prompt token */
                                    prompt: string;
                                    /** @description USDC per request */
                                    request: string;
                                };
                                /** @description The provider's wallet */
                                provider_name: string;
                                quantization: string | null;
                                /** @description 0: asked first; -1: after the others (slow, degraded or resting); -2: in outage; -3: by `tag` only */
                                status: number;
                                supported_parameters: string[];
                                supports_implicit_caching: boolean;
                                /** @description How to ask for this offer: `<wallet>:<slug>` */
                                tag: string;
                                /** @description Tokens a second after it; p99 is the speed that 99 % reach */
                                throughput_last_30m: {
                                    p50: number;
                                    p75: number;
                                    p90: number;
                                    p99: number;
                                } | null;
                                /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                uptime_last_1d: number | null;
                                /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                uptime_last_5m: number | null;
                                /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                uptime_last_30m: number | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes, as server-sent events
         * @description `balance`, `earnings` and `links` when the stream opens and whenever they change; `generation` for each answer of the wallet when it ends, with its id as the event's: `Last-Event-ID` goes on there. For a session.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Events */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One generation
         * @description For the key that made it, a session, or a key of the wallet with the scope `account`.
         */
        get: {
            parameters: {
                query: {
                    id: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @enum {string} */
                                api_type: "completions";
                                /** @description The app's number in the rankings */
                                app_id: number | null;
                                app_name: string | null;
                                cache_discount: number | null;
                                /** @description The client left before the end */
                                cancelled: boolean;
                                /** @description The same as a decimal string */
                                cost: string;
                                /** Format: date-time */
                                created_at: string;
                                /** @enum {string} */
                                data_region: "global";
                                external_user: null;
                                finish_reason: string | null;
                                /** @description Milliseconds */
                                generation_time: number | null;
                                /** @description The app's address, without its query */
                                http_referer: string | null;
                                id: string;
                                /** @description The provider broke the answer off: nothing was charged */
                                interrupted: boolean;
                                /** @enum {boolean} */
                                is_byok: false;
                                /** @description The key that asked */
                                key_id: string;
                                /** @description Milliseconds */
                                latency: number | null;
                                model: string;
                                moderation_latency: null;
                                native_finish_reason: string | null;
                                native_tokens_cached: number;
                                native_tokens_completion: number;
                                native_tokens_completion_images: null;
                                native_tokens_prompt: number;
                                native_tokens_reasoning: number;
                                num_fetches: null;
                                num_input_audio_prompt: null;
                                num_media_completion: null;
                                num_media_prompt: number;
                                num_search_results: null;
                                /** @enum {string} */
                                origin: "";
                                preset_id: null;
                                /** @description The provider's wallet */
                                provider_name: string;
                                provider_responses: null;
                                request_id: null;
                                router: null;
                                service_tier: null;
                                session_id: null;
                                streamed: boolean;
                                tokens_completion: number;
                                tokens_prompt: number;
                                /** @description USDC, exactly as charged */
                                total_cost: number;
                                upstream_id: null;
                                upstream_inference_cost: null;
                                /** @description USDC, exactly as charged */
                                usage: number;
                                /** @description The provider's usage was not plausible and was clamped */
                                usage_adjusted: boolean;
                                /** @description No usage came: the tokens are estimated from what was delivered */
                                usage_estimated: boolean;
                                /** @description The provider reported no usage: nothing was charged */
                                usage_missing: boolean;
                                /** @description The router died before the charge: it was made from what the provider told afterwards, within bounds */
                                usage_replayed: boolean;
                                user_agent: null;
                                web_search_engine: null;
                                workspace_id: null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generation/{id}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The receipt of a generation, and that its batch stands for it
         * @description For whoever may see the generation. `proof` and `batch` are null until it is settled; how to check them is in docs/receipts.md.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The generation's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                batch: {
                                    has_landed: boolean;
                                    /** @description `batch_id` on the chain */
                                    id: string;
                                    root: string | null;
                                    signature: string | null;
                                } | null;
                                proof: {
                                    index: number;
                                    path: string[];
                                    size: number;
                                } | null;
                                receipt: {
                                    /** @description The moment that the id begins with */
                                    admitted_at: string;
                                    cached_tokens: number;
                                    completion_tokens: number;
                                    cost: string;
                                    finish_reason: null | string;
                                    flags: number;
                                    /** @description `gen-` and a UUID version 7 */
                                    id: string;
                                    image_count: number;
                                    model: string;
                                    pricing: {
                                        completion: string;
                                        image?: string;
                                        input_cache_read?: string;
                                        prompt: string;
                                        request?: string;
                                    };
                                    prompt_tokens: number;
                                    provider: string;
                                    reasoning_tokens: number;
                                    router: string;
                                    user: string;
                                    /** @enum {number} */
                                    version: 1;
                                };
                                /** @description Lower-case hex */
                                salt: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The newest generations
         * @description All of the wallet's for a session or a key with the scope `account`, else those of the key.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before; newest first */
                    cursor?: string;
                    /** @description ISO 8601: the first moment that counts */
                    from?: string;
                    /** @description A key's id */
                    key?: string;
                    /** @description 1 to 100 */
                    limit?: string;
                    /** @description `author/slug` */
                    model?: string;
                    /** @description A wallet's address */
                    provider?: string;
                    /** @description ISO 8601: the first moment that does not any more */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @enum {string} */
                                api_type: "completions";
                                /** @description The app's number in the rankings */
                                app_id: number | null;
                                app_name: string | null;
                                cache_discount: number | null;
                                /** @description The client left before the end */
                                cancelled: boolean;
                                /** @description The same as a decimal string */
                                cost: string;
                                /** Format: date-time */
                                created_at: string;
                                /** @enum {string} */
                                data_region: "global";
                                external_user: null;
                                finish_reason: string | null;
                                /** @description Milliseconds */
                                generation_time: number | null;
                                /** @description The app's address, without its query */
                                http_referer: string | null;
                                id: string;
                                /** @description The provider broke the answer off: nothing was charged */
                                interrupted: boolean;
                                /** @enum {boolean} */
                                is_byok: false;
                                /** @description The key that asked */
                                key_id: string;
                                /** @description Milliseconds */
                                latency: number | null;
                                model: string;
                                moderation_latency: null;
                                native_finish_reason: string | null;
                                native_tokens_cached: number;
                                native_tokens_completion: number;
                                native_tokens_completion_images: null;
                                native_tokens_prompt: number;
                                native_tokens_reasoning: number;
                                num_fetches: null;
                                num_input_audio_prompt: null;
                                num_media_completion: null;
                                num_media_prompt: number;
                                num_search_results: null;
                                /** @enum {string} */
                                origin: "";
                                preset_id: null;
                                /** @description The provider's wallet */
                                provider_name: string;
                                provider_responses: null;
                                request_id: null;
                                router: null;
                                service_tier: null;
                                session_id: null;
                                streamed: boolean;
                                tokens_completion: number;
                                tokens_prompt: number;
                                /** @description USDC, exactly as charged */
                                total_cost: number;
                                upstream_id: null;
                                upstream_inference_cost: null;
                                /** @description USDC, exactly as charged */
                                usage: number;
                                /** @description The provider's usage was not plausible and was clamped */
                                usage_adjusted: boolean;
                                /** @description No usage came: the tokens are estimated from what was delivered */
                                usage_estimated: boolean;
                                /** @description The provider reported no usage: nothing was charged */
                                usage_missing: boolean;
                                /** @description The router died before the charge: it was made from what the provider told afterwards, within bounds */
                                usage_replayed: boolean;
                                user_agent: null;
                                web_search_engine: null;
                                workspace_id: null;
                            }[];
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This key: its limit, what it spent, when it ends */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description The only models it may call, `author/slug`; null for all */
                                allowed_models: string[] | null;
                                /** @enum {number} */
                                byok_usage: 0;
                                /** @enum {number} */
                                byok_usage_daily: 0;
                                /** @enum {number} */
                                byok_usage_monthly: 0;
                                /** @enum {number} */
                                byok_usage_weekly: 0;
                                /** @description The wallet */
                                creator_user_id: string;
                                expires_at: string | null;
                                /** @description The key's id */
                                hash: string;
                                /** @enum {boolean} */
                                include_byok_in_limit: false;
                                /** @description Whether its wallet has never deposited */
                                is_free_tier: boolean;
                                is_management_key: boolean;
                                is_provisioning_key: boolean;
                                label: string;
                                limit: number | null;
                                /** @description Within its issuer's limit too; what is locked for running requests counts as spent */
                                limit_remaining: number | null;
                                limit_reset: string | null;
                                rate_limit: {
                                    interval: string;
                                    note: string;
                                    requests: number;
                                };
                                /** @description USDC charged, also to the keys that it issued */
                                usage: number;
                                /** @description USDC */
                                usage_daily: number;
                                /** @description USDC */
                                usage_monthly: number;
                                /** @description USDC */
                                usage_weekly: number;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wallet's keys, oldest first */
        get: {
            parameters: {
                query?: {
                    include_disabled?: "true" | "false";
                    /** @description Also keys that the wallet signed, once they were used here */
                    include_signed?: "true" | "false";
                    /** @description 1 to 100 */
                    limit?: string;
                    offset?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    /** @description Serves models and never spends */
                                    earn_only: boolean;
                                    /**
                                     * @description Issued by this router, signed by the wallet, or what its sessions pay with, which is no key to hold
                                     * @enum {unknown}
                                     */
                                    kind: "issued" | "signed" | "console";
                                    limit: string | null;
                                    limit_remaining: string | null;
                                    /** @description USDC */
                                    usage: string;
                                    /** @description USDC */
                                    usage_daily: string;
                                    /** @description USDC */
                                    usage_monthly: string;
                                    /** @description USDC */
                                    usage_weekly: string;
                                };
                                /** @description The only models it may call, `author/slug`; null for all */
                                allowed_models: string[] | null;
                                /** @enum {number} */
                                byok_usage: 0;
                                /** @enum {number} */
                                byok_usage_daily: 0;
                                /** @enum {number} */
                                byok_usage_monthly: 0;
                                /** @enum {number} */
                                byok_usage_weekly: 0;
                                /** Format: date-time */
                                created_at: string;
                                /** @description The wallet */
                                creator_user_id: string;
                                /** @description Disabled, or revoked for good */
                                disabled: boolean;
                                expires_at: string | null;
                                /** @description The key's id */
                                hash: string;
                                /** @enum {boolean} */
                                include_byok_in_limit: false;
                                label: string;
                                last_used_at: string | null;
                                limit: number | null;
                                /** @description Within its issuer's limit too; what is locked for running requests counts as spent */
                                limit_remaining: number | null;
                                limit_reset: string | null;
                                name: string;
                                revoked_at: string | null;
                                updated_at: string | null;
                                /** @description USDC charged, also to the keys that it issued */
                                usage: number;
                                /** @description USDC */
                                usage_daily: number;
                                /** @description USDC */
                                usage_monthly: number;
                                /** @description USDC */
                                usage_weekly: number;
                                workspace_id: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Issue a key
         * @description `key` is the bearer: it is shown here and never again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        allowed_models?: string[] | null;
                        expires_at?: string | null;
                        /** @description Ignored */
                        include_byok_in_limit?: boolean;
                        /** @description USDC with at most 9 decimals, read exactly; null for no limit */
                        limit?: number | string | null;
                        limit_reset?: ("daily" | "weekly" | "monthly") | null;
                        name: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    /** @description Serves models and never spends */
                                    earn_only: boolean;
                                    /**
                                     * @description Issued by this router, signed by the wallet, or what its sessions pay with, which is no key to hold
                                     * @enum {unknown}
                                     */
                                    kind: "issued" | "signed" | "console";
                                    limit: string | null;
                                    limit_remaining: string | null;
                                    /** @description USDC */
                                    usage: string;
                                    /** @description USDC */
                                    usage_daily: string;
                                    /** @description USDC */
                                    usage_monthly: string;
                                    /** @description USDC */
                                    usage_weekly: string;
                                };
                                /** @description The only models it may call, `author/slug`; null for all */
                                allowed_models: string[] | null;
                                /** @enum {number} */
                                byok_usage: 0;
                                /** @enum {number} */
                                byok_usage_daily: 0;
                                /** @enum {number} */
                                byok_usage_monthly: 0;
                                /** @enum {number} */
                                byok_usage_weekly: 0;
                                /** Format: date-time */
                                created_at: string;
                                /** @description The wallet */
                                creator_user_id: string;
                                /** @description Disabled, or revoked for good */
                                disabled: boolean;
                                expires_at: string | null;
                                /** @description The key's id */
                                hash: string;
                                /** @enum {boolean} */
                                include_byok_in_limit: false;
                                label: string;
                                last_used_at: string | null;
                                limit: number | null;
                                /** @description Within its issuer's limit too; what is locked for running requests counts as spent */
                                limit_remaining: number | null;
                                limit_reset: string | null;
                                name: string;
                                revoked_at: string | null;
                                updated_at: string | null;
                                /** @description USDC charged, also to the keys that it issued */
                                usage: number;
                                /** @description USDC */
                                usage_daily: number;
                                /** @description USDC */
                                usage_monthly: number;
                                /** @description USDC */
                                usage_weekly: number;
                                workspace_id: string;
                            };
                            key: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One issued key */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The key's id */
                    hash: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    /** @description Serves models and never spends */
                                    earn_only: boolean;
                                    /**
                                     * @description Issued by this router, signed by the wallet, or what its sessions pay with, which is no key to hold
                                     * @enum {unknown}
                                     */
                                    kind: "issued" | "signed" | "console";
                                    limit: string | null;
                                    limit_remaining: string | null;
                                    /** @description USDC */
                                    usage: string;
                                    /** @description USDC */
                                    usage_daily: string;
                                    /** @description USDC */
                                    usage_monthly: string;
                                    /** @description USDC */
                                    usage_weekly: string;
                                };
                                /** @description The only models it may call, `author/slug`; null for all */
                                allowed_models: string[] | null;
                                /** @enum {number} */
                                byok_usage: 0;
                                /** @enum {number} */
                                byok_usage_daily: 0;
                                /** @enum {number} */
                                byok_usage_monthly: 0;
                                /** @enum {number} */
                                byok_usage_weekly: 0;
                                /** Format: date-time */
                                created_at: string;
                                /** @description The wallet */
                                creator_user_id: string;
                                /** @description Disabled, or revoked for good */
                                disabled: boolean;
                                expires_at: string | null;
                                /** @description The key's id */
                                hash: string;
                                /** @enum {boolean} */
                                include_byok_in_limit: false;
                                label: string;
                                last_used_at: string | null;
                                limit: number | null;
                                /** @description Within its issuer's limit too; what is locked for running requests counts as spent */
                                limit_remaining: number | null;
                                limit_reset: string | null;
                                name: string;
                                revoked_at: string | null;
                                updated_at: string | null;
                                /** @description USDC charged, also to the keys that it issued */
                                usage: number;
                                /** @description USDC */
                                usage_daily: number;
                                /** @description USDC */
                                usage_monthly: number;
                                /** @description USDC */
                                usage_weekly: number;
                                workspace_id: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete an issued key */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The key's id */
                    hash: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            deleted: true;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change an issued key */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The key's id */
                    hash: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        allowed_models?: string[] | null;
                        disabled?: boolean;
                        expires_at?: string | null;
                        /** @description Ignored */
                        include_byok_in_limit?: boolean;
                        /** @description USDC with at most 9 decimals, read exactly; null for no limit */
                        limit?: number | string | null;
                        limit_reset?: ("daily" | "weekly" | "monthly") | null;
                        name?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    /** @description Serves models and never spends */
                                    earn_only: boolean;
                                    /**
                                     * @description Issued by this router, signed by the wallet, or what its sessions pay with, which is no key to hold
                                     * @enum {unknown}
                                     */
                                    kind: "issued" | "signed" | "console";
                                    limit: string | null;
                                    limit_remaining: string | null;
                                    /** @description USDC */
                                    usage: string;
                                    /** @description USDC */
                                    usage_daily: string;
                                    /** @description USDC */
                                    usage_monthly: string;
                                    /** @description USDC */
                                    usage_weekly: string;
                                };
                                /** @description The only models it may call, `author/slug`; null for all */
                                allowed_models: string[] | null;
                                /** @enum {number} */
                                byok_usage: 0;
                                /** @enum {number} */
                                byok_usage_daily: 0;
                                /** @enum {number} */
                                byok_usage_monthly: 0;
                                /** @enum {number} */
                                byok_usage_weekly: 0;
                                /** Format: date-time */
                                created_at: string;
                                /** @description The wallet */
                                creator_user_id: string;
                                /** @description Disabled, or revoked for good */
                                disabled: boolean;
                                expires_at: string | null;
                                /** @description The key's id */
                                hash: string;
                                /** @enum {boolean} */
                                include_byok_in_limit: false;
                                label: string;
                                last_used_at: string | null;
                                limit: number | null;
                                /** @description Within its issuer's limit too; what is locked for running requests counts as spent */
                                limit_remaining: number | null;
                                limit_reset: string | null;
                                name: string;
                                revoked_at: string | null;
                                updated_at: string | null;
                                /** @description USDC charged, also to the keys that it issued */
                                usage: number;
                                /** @description USDC */
                                usage_daily: number;
                                /** @description USDC */
                                usage_monthly: number;
                                /** @description USDC */
                                usage_weekly: number;
                                workspace_id: string;
                            };
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/keys/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A key put together from its parts */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        payload: {
                            metadata: {
                                created_at: number;
                                scopes: ("completion_model" | "account" | "keys")[];
                                usage_limit: number | string;
                                valid_for: number;
                            };
                            /** @description In base58 */
                            signature: string;
                            /** @description The wallet's public key in base58 */
                            signer: string;
                            version: number;
                            /** @enum {string} */
                            wallet: "solana";
                        };
                        tag?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            secret_key: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The text a wallet signs to make a key */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        metadata: {
                            created_at: number;
                            scopes: ("completion_model" | "account" | "keys")[];
                            usage_limit: number | string;
                            valid_for: number;
                        };
                        /** @description A router id, or `any`; this router when left out */
                        router?: string;
                        tag?: string;
                        version?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            message: string;
                            router: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/metadata_bytes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The 32 bytes a key's metadata is encoded as */
        get: {
            parameters: {
                query?: {
                    created_at?: number;
                    scopes?: ("completion_model" | "account" | "keys")[];
                    usage_limit?: number | string;
                    valid_for?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        metadata: {
                            created_at: number;
                            scopes: ("completion_model" | "account" | "keys")[];
                            usage_limit: number | string;
                            valid_for: number;
                        };
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": number[];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key
         * @description For good, and as often as you like. A wallet's signature needs no login, and its key need not be known here yet.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As in the signed message */
                        date: string;
                        key_id: string;
                        /** @description In base58 */
                        signature: string;
                        wallet: string;
                    } | {
                        /** @description As in the signed message */
                        date: string;
                        key_id: string;
                        /** @description In base64: legacy, signed by the wallet, with one instruction, a memo that holds the message */
                        transaction: string;
                    } | {
                        /** @description If left out, the key that makes the request */
                        key_id?: string;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            key_id: string;
                            /** Format: date-time */
                            revoked_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whether this router accepts a key, and what it says */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        secret_key: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description A router id, or `any` */
                            bound_to?: string;
                            /** @description Why it is not, as errors are told */
                            error?: {
                                message: string;
                                type: string;
                            };
                            /** Format: date-time */
                            expires_at?: string;
                            key_id?: string;
                            /**
                             * @description An issued key, of which only its use tells whether it is good
                             * @enum {string}
                             */
                            kind?: "issued";
                            payload?: {
                                metadata: {
                                    created_at: number;
                                    scopes: ("completion_model" | "account" | "keys")[];
                                    usage_limit: number | string;
                                    valid_for: number;
                                };
                                /** @description In base58 */
                                signature: string;
                                /** @description The wallet's public key in base58 */
                                signer: string;
                                version: number;
                                /** @enum {string} */
                                wallet: "solana";
                            };
                            /** @description Whether the key is good here, and signed by its wallet */
                            result: boolean;
                            tag?: string;
                            wallet?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Models on sale
         * @description A model is listed where one of its offers has everything that is asked for. Unknown parameters are passed over, unknown values refused.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The least context length, in tokens */
                    context?: number;
                    /** @description With commas between; an offer must take all of them: text, image, audio, video, file */
                    input_modalities?: string;
                    /** @description Models to list, 500 with `offset` alone; without both the list is whole */
                    limit?: number;
                    /** @description Days that a model has been on sale at most */
                    max_age_days?: number;
                    /** @description The highest completion price, in USDC per million tokens */
                    max_output_price?: string;
                    /** @description The highest prompt price, in USDC per million tokens */
                    max_price?: string;
                    /** @description Days that a model has been on sale at least */
                    min_age_days?: number;
                    /** @description The least completion price, in USDC per million tokens */
                    min_output_price?: string;
                    /** @description The least prompt price, in USDC per million tokens */
                    min_price?: string;
                    /** @description Authors, with commas between */
                    model_authors?: string;
                    /** @description Models to pass over */
                    offset?: number;
                    /** @description With commas between; an offer must give one of them: text, image, audio, video, file, embeddings, rerank, speech, transcription, all. Default: all */
                    output_modalities?: string;
                    /** @description Wallets of providers, with commas between: models that one of them sells */
                    providers?: string;
                    /** @description Words of a model's name or id, without case */
                    q?: string;
                    /** @description Default: by id */
                    sort?: "newest" | "pricing-low-to-high" | "pricing-high-to-low" | "context-high-to-low" | "throughput-high-to-low" | "latency-low-to-high";
                    /** @description With commas between; an offer must support all of them: temperature, top_p, top_k, min_p, top_a, frequency_penalty, presence_penalty, repetition_penalty, max_tokens, max_completion_tokens, logit_bias, logprobs, top_logprobs, prediction, seed, response_format, structured_outputs, stop, tools, tool_choice, parallel_tool_calls, include_reasoning, reasoning, reasoning_effort, web_search_options, verbosity */
                    supported_parameters?: string;
                    /** @description Offers that say they keep nothing */
                    zdr?: "true";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    /** @description Milliseconds to the first output over 30 minutes, by each offer's share of the traffic */
                                    latency_p50: number | null;
                                    /** @description Those who have served too few payers to be known */
                                    new: number;
                                    /** @description Wallets that sell it */
                                    providers: number;
                                    /** @description Tokens a second after it, likewise */
                                    throughput_p50: number | null;
                                    /** @description Reached by `<wallet>:<slug>` only: they count tokens unlike everybody else */
                                    unverified: number;
                                    /** @description Percent of attempts that succeeded, likewise */
                                    uptime_last_30m: number | null;
                                    /** @description Of them, those whose offer was examined and can do what it says */
                                    verified: number;
                                };
                                architecture: {
                                    input_modalities: string[];
                                    instruct_type: null;
                                    modality: string;
                                    output_modalities: string[];
                                    tokenizer: string;
                                };
                                canonical_slug: string;
                                context_length: number | null;
                                /** @description Seconds since 1970 when its first present offer came */
                                created: number;
                                default_parameters: null;
                                description: string;
                                id: string;
                                links: {
                                    details: string;
                                };
                                name: string;
                                /** @enum {string} */
                                object: "model";
                                owned_by: string;
                                per_request_limits: null;
                                pricing: {
                                    /** @description USDC per completion token */
                                    completion: string;
                                    /** @description USDC per image input */
                                    image: string;
                                    /** @description USDC per cached prompt token */
                                    input_cache_read?: string;
                                    /** @description USDC per prompt token */
                                    prompt: string;
                                    /** @description USDC per request */
                                    request: string;
                                };
                                supported_parameters: string[];
                                supported_voices: null;
                                top_provider: {
                                    context_length: number | null;
                                    is_moderated: boolean;
                                    max_completion_tokens: number | null;
                                };
                            }[];
                            links: {
                                next: string | null;
                            };
                            /** @enum {string} */
                            object: "list";
                            /** @description Models that the query asks for, on all pages */
                            total_count: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{author}/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One model */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    author: string;
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    /** @description Milliseconds to the first output over 30 minutes, by each offer's share of the traffic */
                                    latency_p50: number | null;
                                    /** @description Those who have served too few payers to be known */
                                    new: number;
                                    /** @description Wallets that sell it */
                                    providers: number;
                                    /** @description Tokens a second after it, likewise */
                                    throughput_p50: number | null;
                                    /** @description Reached by `<wallet>:<slug>` only: they count tokens unlike everybody else */
                                    unverified: number;
                                    /** @description Percent of attempts that succeeded, likewise */
                                    uptime_last_30m: number | null;
                                    /** @description Of them, those whose offer was examined and can do what it says */
                                    verified: number;
                                };
                                architecture: {
                                    input_modalities: string[];
                                    instruct_type: null;
                                    modality: string;
                                    output_modalities: string[];
                                    tokenizer: string;
                                };
                                canonical_slug: string;
                                context_length: number | null;
                                /** @description Seconds since 1970 when its first present offer came */
                                created: number;
                                default_parameters: null;
                                description: string;
                                id: string;
                                links: {
                                    details: string;
                                };
                                name: string;
                                /** @enum {string} */
                                object: "model";
                                owned_by: string;
                                per_request_limits: null;
                                pricing: {
                                    /** @description USDC per completion token */
                                    completion: string;
                                    /** @description USDC per image input */
                                    image: string;
                                    /** @description USDC per cached prompt token */
                                    input_cache_read?: string;
                                    /** @description USDC per prompt token */
                                    prompt: string;
                                    /** @description USDC per request */
                                    request: string;
                                };
                                supported_parameters: string[];
                                supported_voices: null;
                                top_provider: {
                                    context_length: number | null;
                                    is_moderated: boolean;
                                    max_completion_tokens: number | null;
                                };
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{author}/{slug}/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model's offers, and why each gets the traffic it gets */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    author: string;
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                architecture: {
                                    input_modalities: string[];
                                    instruct_type: null;
                                    modality: string;
                                    output_modalities: string[];
                                    tokenizer: string;
                                };
                                /** @description Seconds since 1970 when its first present offer came */
                                created: number;
                                description: string;
                                endpoints: {
                                    aimo: {
                                        data_collection: string | null;
                                        examined_at: string | null;
                                        /** @description Requests they could take now */
                                        free_slots: number;
                                        /** @description May be asked at the same time as another */
                                        hedge: boolean;
                                        /** @description Served too few payers to be known */
                                        is_new: boolean;
                                        /** @description Connections that sell it on these terms */
                                        links: number;
                                        reasons: {
                                            code: string;
                                            /** @description For the provider to read */
                                            words: string;
                                        }[];
                                        /** @description Its part of the model's traffic, 0 to 1, before what single requests ask for */
                                        share: number;
                                        /**
                                         * Format: date-time
                                         * @description When it came on sale, on the link that has sold it longest
                                         */
                                        since: string;
                                        /** @description good, slow, degraded, resting or outage: the good ones are asked first */
                                        tier: string;
                                        /** @description verified, new (not examined yet) or unverified */
                                        verdict: string;
                                        /** @description What it says it can do and could not when it was asked to */
                                        withdrawn: string[];
                                        /** @description Says it keeps nothing when an answer has ended */
                                        zdr: boolean;
                                    };
                                    /** @description 0 where the provider does not say */
                                    context_length: number;
                                    /** @description Milliseconds to the first output, of streams */
                                    latency_last_30m: {
                                        p50: number;
                                        p75: number;
                                        p90: number;
                                        p99: number;
                                    } | null;
                                    max_completion_tokens: number | null;
                                    max_prompt_tokens: number | null;
                                    model_id: string;
                                    model_name: string;
                                    name: string;
                                    pricing: {
                                        /** @description USDC per completion token */
                                        completion: string;
                                        /** @description USDC per image input */
                                        image: string;
                                        /** @description USDC per cached prompt token */
                                        input_cache_read?: string;
                                        /** @description USDC per prompt token */
                                        prompt: string;
                                        /** @description USDC per request */
                                        request: string;
                                    };
                                    /** @description The provider's wallet */
                                    provider_name: string;
                                    quantization: string | null;
                                    /** @description 0: asked first; -1: after the others (slow, degraded or resting); -2: in outage; -3: by `tag` only */
                                    status: number;
                                    supported_parameters: string[];
                                    supports_implicit_caching: boolean;
                                    /** @description How to ask for this offer: `<wallet>:<slug>` */
                                    tag: string;
                                    /** @description Tokens a second after it; p99 is the speed that 99 % reach */
                                    throughput_last_30m: {
                                        p50: number;
                                        p75: number;
                                        p90: number;
                                        p99: number;
                                    } | null;
                                    /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                    uptime_last_1d: number | null;
                                    /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                    uptime_last_5m: number | null;
                                    /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                    uptime_last_30m: number | null;
                                }[];
                                id: string;
                                name: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{author}/{slug}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a model's offers have cost since when, newest first
         * @description The newest 500 changes, at most one of each offer a minute.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A wallet's address */
                    provider?: string;
                };
                header?: never;
                path: {
                    author: string;
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                id: string;
                                prices: {
                                    pricing: {
                                        /** @description USDC per completion token */
                                        completion: string;
                                        /** @description USDC per image input */
                                        image: string;
                                        /** @description USDC per cached prompt token */
                                        input_cache_read?: string;
                                        /** @description USDC per prompt token */
                                        prompt: string;
                                        /** @description USDC per request */
                                        request: string;
                                    };
                                    /** @description The provider's wallet */
                                    provider_name: string;
                                    /** Format: date-time */
                                    since: string;
                                    /** @description `<wallet>:<slug>` */
                                    tag: string;
                                }[];
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One model, as OpenAI's clients ask for it and read it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `author/slug`, its slash written %2F */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            aimo: {
                                /** @description Milliseconds to the first output over 30 minutes, by each offer's share of the traffic */
                                latency_p50: number | null;
                                /** @description Those who have served too few payers to be known */
                                new: number;
                                /** @description Wallets that sell it */
                                providers: number;
                                /** @description Tokens a second after it, likewise */
                                throughput_p50: number | null;
                                /** @description Reached by `<wallet>:<slug>` only: they count tokens unlike everybody else */
                                unverified: number;
                                /** @description Percent of attempts that succeeded, likewise */
                                uptime_last_30m: number | null;
                                /** @description Of them, those whose offer was examined and can do what it says */
                                verified: number;
                            };
                            architecture: {
                                input_modalities: string[];
                                instruct_type: null;
                                modality: string;
                                output_modalities: string[];
                                tokenizer: string;
                            };
                            canonical_slug: string;
                            context_length: number | null;
                            /** @description Seconds since 1970 when its first present offer came */
                            created: number;
                            default_parameters: null;
                            description: string;
                            id: string;
                            links: {
                                details: string;
                            };
                            name: string;
                            /** @enum {string} */
                            object: "model";
                            owned_by: string;
                            per_request_limits: null;
                            pricing: {
                                /** @description USDC per completion token */
                                completion: string;
                                /** @description USDC per image input */
                                image: string;
                                /** @description USDC per cached prompt token */
                                input_cache_read?: string;
                                /** @description USDC per prompt token */
                                prompt: string;
                                /** @description USDC per request */
                                request: string;
                            };
                            supported_parameters: string[];
                            supported_voices: null;
                            top_provider: {
                                context_length: number | null;
                                is_moderated: boolean;
                                max_completion_tokens: number | null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many models are on sale */
        get: {
            parameters: {
                query?: {
                    /** @description The least context length, in tokens */
                    context?: number;
                    /** @description With commas between; an offer must take all of them: text, image, audio, video, file */
                    input_modalities?: string;
                    /** @description Days that a model has been on sale at most */
                    max_age_days?: number;
                    /** @description The highest completion price, in USDC per million tokens */
                    max_output_price?: string;
                    /** @description The highest prompt price, in USDC per million tokens */
                    max_price?: string;
                    /** @description Days that a model has been on sale at least */
                    min_age_days?: number;
                    /** @description The least completion price, in USDC per million tokens */
                    min_output_price?: string;
                    /** @description The least prompt price, in USDC per million tokens */
                    min_price?: string;
                    /** @description Authors, with commas between */
                    model_authors?: string;
                    /** @description With commas between; an offer must give one of them: text, image, audio, video, file, embeddings, rerank, speech, transcription, all. Default: all */
                    output_modalities?: string;
                    /** @description Wallets of providers, with commas between: models that one of them sells */
                    providers?: string;
                    /** @description Words of a model's name or id, without case */
                    q?: string;
                    /** @description With commas between; an offer must support all of them: temperature, top_p, top_k, min_p, top_a, frequency_penalty, presence_penalty, repetition_penalty, max_tokens, max_completion_tokens, logit_bias, logprobs, top_logprobs, prediction, seed, response_format, structured_outputs, stop, tools, tool_choice, parallel_tool_calls, include_reasoning, reasoning, reasoning_effort, web_search_options, verbosity */
                    supported_parameters?: string;
                    /** @description Offers that say they keep nothing */
                    zdr?: "true";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                count: number;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The provider's account on the chain
         * @description Read from the chain at this moment, for a session or a key that may serve models. Whoever does not trust a router reads it there.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description The provider's account, registered or not */
                                address: string;
                                claimable: string | null;
                                earned: string | null;
                                /** @description Being paid without the router, where it was asked for */
                                exit: {
                                    /** @description USDC */
                                    amount: string;
                                    /**
                                     * Format: date-time
                                     * @description From then on anybody may finalize it
                                     */
                                    due_at: string;
                                    is_due: boolean;
                                    /** Format: date-time */
                                    requested_at: string;
                                } | null;
                                /** @description The router registers providers that it owes something; until then all that follows is null */
                                is_registered: boolean;
                                /** @description The token account that earnings are paid to */
                                payout_account: string | null;
                                /** @description One that takes its place by itself */
                                pending_payout: {
                                    /** Format: date-time */
                                    at: string;
                                    payout_account: string;
                                } | null;
                                withdrawn: string | null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this provider served
         * @description For a session or a key that may serve models.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                by_day: {
                                    cached_tokens: number;
                                    completion_tokens: number;
                                    /** @description USDC */
                                    cost: string;
                                    date: string;
                                    model: string;
                                    prompt_tokens: number;
                                    reasoning_tokens: number;
                                    requests: number;
                                }[];
                                recent: {
                                    cancelled: boolean;
                                    /** @description USDC */
                                    cost: string;
                                    created_at: string;
                                    finish_reason: string | null;
                                    generation_time: number | null;
                                    id: string;
                                    interrupted: boolean;
                                    latency: number | null;
                                    model: string;
                                    streamed: boolean;
                                    tokens_cached: number;
                                    tokens_completion: number;
                                    tokens_prompt: number;
                                    tokens_reasoning: number;
                                    usage_adjusted: boolean;
                                    usage_estimated: boolean;
                                    usage_missing: boolean;
                                    usage_replayed: boolean;
                                }[];
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/earnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this provider earned, and what it was not paid for
         * @description For a session or a key that may serve models.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                by_day: {
                                    date: string;
                                    /** @description USDC */
                                    earned: string;
                                    model: string;
                                    requests: number;
                                }[];
                                /** @description USDC that is settled and may be withdrawn */
                                claimable: string;
                                /** @description USDC that users were charged and that is not settled yet, before the fee */
                                payable: string;
                                recent_unpaid: {
                                    /** @description USDC */
                                    amount: string;
                                    at: string;
                                    id: string | null;
                                    model: string;
                                    reason: string;
                                }[];
                                unpaid: {
                                    /** @description USDC */
                                    amount: string;
                                    count: number;
                                    reason: string;
                                }[];
                                /** @description USDC that waits for a withdrawal */
                                withdrawing: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This provider's connections and offers, and why each offer gets the traffic it gets
         * @description For a session or a key that may serve models.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                connections: {
                                    /** Format: date-time */
                                    connected_since: string;
                                    /** @description The key that its proxy connected with */
                                    key_id: string;
                                }[];
                                /** @description How many connections it has to this instance */
                                links: number;
                                offers: {
                                    aimo: {
                                        data_collection: string | null;
                                        examined_at: string | null;
                                        /** @description Requests they could take now */
                                        free_slots: number;
                                        /** @description May be asked at the same time as another */
                                        hedge: boolean;
                                        /** @description Served too few payers to be known */
                                        is_new: boolean;
                                        /** @description Connections that sell it on these terms */
                                        links: number;
                                        reasons: {
                                            code: string;
                                            /** @description For the provider to read */
                                            words: string;
                                        }[];
                                        /** @description Its part of the model's traffic, 0 to 1, before what single requests ask for */
                                        share: number;
                                        /**
                                         * Format: date-time
                                         * @description When it came on sale, on the link that has sold it longest
                                         */
                                        since: string;
                                        /** @description good, slow, degraded, resting or outage: the good ones are asked first */
                                        tier: string;
                                        /** @description verified, new (not examined yet) or unverified */
                                        verdict: string;
                                        /** @description What it says it can do and could not when it was asked to */
                                        withdrawn: string[];
                                        /** @description Says it keeps nothing when an answer has ended */
                                        zdr: boolean;
                                    };
                                    /** @description 0 where the provider does not say */
                                    context_length: number;
                                    /** @description Milliseconds to the first output, of streams */
                                    latency_last_30m: {
                                        p50: number;
                                        p75: number;
                                        p90: number;
                                        p99: number;
                                    } | null;
                                    max_completion_tokens: number | null;
                                    max_prompt_tokens: number | null;
                                    model_id: string;
                                    model_name: string;
                                    name: string;
                                    pricing: {
                                        /** @description USDC per completion token */
                                        completion: string;
                                        /** @description USDC per image input */
                                        image: string;
                                        /** @description USDC per cached prompt token */
                                        input_cache_read?: string;
                                        /** @description USDC per prompt token */
                                        prompt: string;
                                        /** @description USDC per request */
                                        request: string;
                                    };
                                    /** @description The provider's wallet */
                                    provider_name: string;
                                    quantization: string | null;
                                    /** @description 0: asked first; -1: after the others (slow, degraded or resting); -2: in outage; -3: by `tag` only */
                                    status: number;
                                    supported_parameters: string[];
                                    supports_implicit_caching: boolean;
                                    /** @description How to ask for this offer: `<wallet>:<slug>` */
                                    tag: string;
                                    /** @description Tokens a second after it; p99 is the speed that 99 % reach */
                                    throughput_last_30m: {
                                        p50: number;
                                        p75: number;
                                        p90: number;
                                        p99: number;
                                    } | null;
                                    /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                    uptime_last_1d: number | null;
                                    /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                    uptime_last_5m: number | null;
                                    /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                    uptime_last_30m: number | null;
                                }[];
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/withdrawals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Withdrawals of a provider's earnings, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before */
                    cursor?: string;
                    /** @description 1 to 100 */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            }[];
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Withdraw a provider's earnings
         * @description By a session or by the wallet's signature, never by a key alone. The answer is to be signed by the wallet and handed in within a minute. Asked again for the same, it is the same withdrawal.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                    } | {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description As in the signed text */
                        date: string;
                        /** @description In base58 */
                        signature: string;
                        /** @description In base58 */
                        wallet: string;
                    } | {
                        /** @description USDC, a decimal with at most 6 places */
                        amount: string;
                        /** @description As in the signed text */
                        date: string;
                        /** @description In base64: legacy, signed by the wallet, with one instruction, a memo that holds the text */
                        transaction: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                } | null;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/withdrawals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One withdrawal of a provider's earnings */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The withdrawal's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                description: {
                                    actions: {
                                        name: string | null;
                                        program: string;
                                        program_address: string;
                                        words: string;
                                    }[];
                                    fee: {
                                        /** @description Lamports */
                                        base_lamports: string;
                                        payer: string;
                                        /** @description Lamports */
                                        priority_lamports_max: string;
                                    };
                                    flags: {
                                        code: string;
                                        instruction: number | null;
                                        words: string;
                                    }[];
                                    signers: {
                                        address: string;
                                        /** @description `valid`, `missing` or `invalid` */
                                        signature: string;
                                    }[];
                                    /** @description `legacy` or `0` */
                                    version: string;
                                    /** @description All of it in sentences */
                                    words: string[];
                                } | null;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/provider/withdrawals/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand in a withdrawal of a provider's earnings
         * @description The router's transaction, byte for byte, with the wallet's signature: it needs no login. It waits two seconds for it to land; said twice it is the same.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The withdrawal's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description In base64 */
                        transaction: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** @description USDC */
                                amount: string;
                                destination: string | null;
                                ended_at: string | null;
                                /** @description About: the height is exact */
                                expires_at: string | null;
                                failure: string | null;
                                id: string;
                                /** @description How far its transaction is; null where it has ended */
                                landing: {
                                    failure: string | null;
                                    signature: string;
                                    slot: number | null;
                                    /** @enum {unknown} */
                                    status: "sent" | "confirmed" | "finalized" | "failed";
                                } | null;
                                last_valid_block_height: number | null;
                                requested_at: string;
                                signature: string | null;
                                /** @enum {unknown} */
                                state: "requested" | "router-signed" | "submitted" | "confirmed" | "expired";
                                /** @description Signed by the router, to be signed by the wallet: base64 */
                                transaction: string | null;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connected providers */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                connected_since: string;
                                /** @description Connections it holds now */
                                links: number;
                                models: string[];
                                /** @description The provider's wallet */
                                name: string;
                                /** @description How many of its offers can do what they say, count tokens unlike others, are not examined yet */
                                offers: {
                                    new: number;
                                    unverified: number;
                                    verified: number;
                                };
                                privacy_policy_url: null;
                                /** @description The first answer of an offer that it sells now */
                                serving_since: string | null;
                                /** @description What `<wallet>:<model>` starts with */
                                slug: string;
                                status_page_url: null;
                                terms_of_service_url: null;
                                /** @description Percent of the attempts at its offers that succeeded, by each offer's share of its model's traffic */
                                uptime_last_1d: number | null;
                                /** @description Percent of the attempts at its offers that succeeded, by each offer's share of its model's traffic */
                                uptime_last_30m: number | null;
                                wallet: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/{wallet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One connected provider */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    wallet: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                /** Format: date-time */
                                connected_since: string;
                                /** @description Connections it holds now */
                                links: number;
                                models: string[];
                                /** @description The provider's wallet */
                                name: string;
                                /** @description How many of its offers can do what they say, count tokens unlike others, are not examined yet */
                                offers: {
                                    new: number;
                                    unverified: number;
                                    verified: number;
                                };
                                privacy_policy_url: null;
                                /** @description The first answer of an offer that it sells now */
                                serving_since: string | null;
                                /** @description What `<wallet>:<model>` starts with */
                                slug: string;
                                status_page_url: null;
                                terms_of_service_url: null;
                                /** @description Percent of the attempts at its offers that succeeded, by each offer's share of its model's traffic */
                                uptime_last_1d: number | null;
                                /** @description Percent of the attempts at its offers that succeeded, by each offer's share of its model's traffic */
                                uptime_last_30m: number | null;
                                wallet: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/{wallet}/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A connected provider's offers, and why each gets the traffic it gets */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    wallet: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                aimo: {
                                    data_collection: string | null;
                                    examined_at: string | null;
                                    /** @description Requests they could take now */
                                    free_slots: number;
                                    /** @description May be asked at the same time as another */
                                    hedge: boolean;
                                    /** @description Served too few payers to be known */
                                    is_new: boolean;
                                    /** @description Connections that sell it on these terms */
                                    links: number;
                                    reasons: {
                                        code: string;
                                        /** @description For the provider to read */
                                        words: string;
                                    }[];
                                    /** @description Its part of the model's traffic, 0 to 1, before what single requests ask for */
                                    share: number;
                                    /**
                                     * Format: date-time
                                     * @description When it came on sale, on the link that has sold it longest
                                     */
                                    since: string;
                                    /** @description good, slow, degraded, resting or outage: the good ones are asked first */
                                    tier: string;
                                    /** @description verified, new (not examined yet) or unverified */
                                    verdict: string;
                                    /** @description What it says it can do and could not when it was asked to */
                                    withdrawn: string[];
                                    /** @description Says it keeps nothing when an answer has ended */
                                    zdr: boolean;
                                };
                                /** @description 0 where the provider does not say */
                                context_length: number;
                                /** @description Milliseconds to the first output, of streams */
                                latency_last_30m: {
                                    p50: number;
                                    p75: number;
                                    p90: number;
                                    p99: number;
                                } | null;
                                max_completion_tokens: number | null;
                                max_prompt_tokens: number | null;
                                model_id: string;
                                model_name: string;
                                name: string;
                                pricing: {
                                    /** @description USDC per completion token */
                                    completion: string;
                                    /** @description USDC per image input */
                                    image: string;
                                    /** @description USDC per cached prompt token */
                                    input_cache_read?: string;
                                    /** @description USDC per prompt token */
                                    prompt: string;
                                    /** @description USDC per request */
                                    request: string;
                                };
                                /** @description The provider's wallet */
                                provider_name: string;
                                quantization: string | null;
                                /** @description 0: asked first; -1: after the others (slow, degraded or resting); -2: in outage; -3: by `tag` only */
                                status: number;
                                supported_parameters: string[];
                                supports_implicit_caching: boolean;
                                /** @description How to ask for this offer: `<wallet>:<slug>` */
                                tag: string;
                                /** @description Tokens a second after it; p99 is the speed that 99 % reach */
                                throughput_last_30m: {
                                    p50: number;
                                    p75: number;
                                    p90: number;
                                    p99: number;
                                } | null;
                                /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                uptime_last_1d: number | null;
                                /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                uptime_last_5m: number | null;
                                /** @description Percent of the attempts that succeeded; requests that were refused for being too many do not count */
                                uptime_last_30m: number | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/connect/preflight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Announce the models of a first-generation proxy
         * @description Replaces what this wallet announced before, on its connections too, and is kept for later ones.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        models: ({
                            capabilities?: string[] | null;
                            context_length?: number | null;
                            display_name: string;
                            input_modalities?: string[] | null;
                            /** @description What the proxy knows the model by */
                            name: string;
                            output_modalities?: string[] | null;
                            pricing: {
                                /** @description USDC per million tokens (`image`: per image), at most 6 decimals */
                                completion: number;
                                image?: number | null;
                                /** @description USDC per million tokens (`image`: per image), at most 6 decimals */
                                prompt: number;
                            };
                            provider_name?: string | null;
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            message: string;
                            success: boolean;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this wallet is connected, and what it sells */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            connected: boolean;
                            models: ({
                                capabilities?: string[] | null;
                                context_length?: number | null;
                                display_name: string;
                                input_modalities?: string[] | null;
                                /** @description What the proxy knows the model by */
                                name: string;
                                output_modalities?: string[] | null;
                                pricing: {
                                    /** @description USDC per million tokens (`image`: per image), at most 6 decimals */
                                    completion: number;
                                    image?: number | null;
                                    /** @description USDC per million tokens (`image`: per image), at most 6 decimals */
                                    prompt: number;
                                };
                                provider_name?: string | null;
                            } & {
                                [key: string]: unknown;
                            })[];
                            /** @description Milliseconds since 1970 */
                            timestamp: number;
                            timestamp_ui: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/router": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This router */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                accepts_v1_spending: boolean;
                                /** @description What an OpenAI client takes as its base URL */
                                api_base: string;
                                /** @description Where the router has a chain, and has seen it */
                                chain?: {
                                    /** @description Seconds */
                                    allowance_notice: number;
                                    /** @description How sure the chain must be before the router believes it */
                                    commitment: string;
                                    /** @description This router's account of it */
                                    config: string;
                                    /** @description The router's share of what is settled, in hundredths of a percent */
                                    fee_bps: number;
                                    /** @description USDC */
                                    min_deposit: string;
                                    mint: string;
                                    /** @description Which Solana, in CAIP-2: `solana:` and the beginning of its genesis hash; absent while unknown */
                                    network?: string;
                                    /** @description The escrow program */
                                    program_id: string;
                                    /** @description Seconds */
                                    provider_exit_delay: number;
                                    /** @description A Solana RPC node that browsers may ask; absent where none is known */
                                    public_rpc_url?: string;
                                    /** @description Seconds */
                                    user_exit_delay: number;
                                    vault: string;
                                };
                                /** @description What provider links it speaks */
                                dialects: string[];
                                limits: {
                                    body_bytes_max: number;
                                    first_byte_timeout_ms: number;
                                    idle_timeout_ms: number;
                                    requests_per_key_max: number;
                                    /** @description How old a charge may get before it is settled on chain, where there is one */
                                    settle_age_ms?: number;
                                    total_timeout_ms: number;
                                };
                                name: string;
                                /** @description The router's Ed25519 key in base58: what keys are bound to */
                                router_id: string;
                                software: string;
                                /** @description Where clients and proxies reach it */
                                url: string;
                                version: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/router/solvency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this router's vault holds, and what it owes
         * @description Everything in it can be read on the chain by anybody: docs/solvency.md.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                config: string;
                                liabilities: {
                                    /** @description USDC */
                                    fees: string;
                                    /** @description USDC */
                                    providers: string;
                                    /** @description USDC */
                                    total: string;
                                    /** @description USDC */
                                    users: string;
                                };
                                liability_root: {
                                    at: string;
                                    /** @description Lower-case hex */
                                    hash: string;
                                    /** @description How many users are counted */
                                    size: number;
                                    slot: number;
                                    /** @description USDC */
                                    total: string;
                                } | null;
                                mint: string;
                                program_id: string;
                                /** @description USDC */
                                shortfall: string;
                                slot: number;
                                /** @description USDC */
                                surplus: string;
                                /** @description The chain's clock */
                                time: string;
                                vault: string;
                                /** @description USDC */
                                vault_amount: string;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/topup/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A deposit for first-generation command lines
         * @description `tx` is an unsigned legacy message in base64; the user alone signs and pays the fee, and may put in another blockhash. The escrow is opened where it is missing, and the allowance rises by the deposit, for a year.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Micro-USDC; that command line has added its 3 % already, and all of it is credited */
                        amount: number | string;
                        /** @enum {string} */
                        token: "USDC";
                        user_address: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            tx: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
