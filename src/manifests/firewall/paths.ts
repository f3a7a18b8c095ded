/** Where the machine's table is. */
export const RULES_PATH = '/etc/ironkeel/firewall.nft';
/** Where users put rules of their own: statements of the `input` chain, in one file or more. */
export const OWN_RULES = '/etc/ironkeel/firewall.d/*.nft';
