/** Windows' codes for why an attempt failed, in words ([MS-ERREF] 2.3 for NTSTATUS, RFC 4120 7.5.9 for Kerberos). */
const NT: Readonly<Record<string, string>> = {
  c0000017: 'not enough memory',
  c000005e: 'no domain controller answers',
  c0000064: 'no such user',
  c000006a: 'wrong password',
  c000006d: 'wrong user name or password',
  c000006e: 'the account is restricted',
  c000006f: 'outside the allowed hours',
  c0000070: 'not allowed from this computer',
  c0000071: 'the password has expired',
  c0000072: 'the account is disabled',
  c00000dc: 'the server is in the wrong state',
  c0000133: 'the clocks differ too much',
  c000015b: 'this way to log on is not allowed',
  c000018c: 'the trust between the domains is broken',
  c0000192: 'the Netlogon service does not run',
  c0000193: 'the account has expired',
  c0000224: 'the password must be changed first',
  c0000225: 'a fault of Windows',
  c0000234: 'the account is locked',
  c0000388: 'the answer of the domain controller was refused',
  c0000413: 'the computer does not allow this account',
};

const KERBEROS: Readonly<Record<number, string>> = {
  1: 'the client has expired',
  2: 'the service has expired',
  3: 'the Kerberos version is not supported',
  6: 'no such user',
  7: 'no such service',
  8: 'the name is not unique',
  9: 'there is no key',
  11: 'the requested times do not fit',
  12: 'not allowed by policy',
  13: 'an option is not supported',
  14: 'the encryption is not supported',
  15: 'the checksum is not supported',
  16: 'the certificate is not supported',
  18: 'the account is disabled, locked or expired',
  20: 'the ticket was withdrawn',
  21: 'the account has expired',
  23: 'the password has expired',
  24: 'wrong password',
  25: 'more proof is needed',
  29: 'the service is not there',
  31: 'the ticket is broken',
  32: 'the ticket has expired',
  33: 'the ticket is not valid yet',
  34: 'a request was replayed',
  35: 'the ticket is for another service',
  36: 'ticket and proof do not match',
  37: 'the clocks differ too much',
  38: 'the address is another one',
  40: 'the message type is wrong',
  41: 'the message was changed',
  60: 'a fault of the service',
  68: 'the wrong domain was asked',
};

/** undefined for success and for codes that say nothing to people. */
export function ntReason(code: string | undefined): string | undefined {
  return code === undefined ? undefined : NT[code.toLowerCase().replace(/^0x/, '')];
}

export function kerberosReason(code: string | undefined): string | undefined {
  return code === undefined || !/^0x[\da-f]{1,4}$/i.test(code) ? undefined : KERBEROS[Number(code)];
}
