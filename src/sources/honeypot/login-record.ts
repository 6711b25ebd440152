import type { ForeignProtocol } from './guess-protocol.ts';

/** What a visitor did at the login prompt; texts are `typedText`. `cut`: it was longer than we keep. */
export type LoginRecord =
  | { readonly kind: 'attempt'; readonly user: string; readonly password: string; readonly cut: boolean }
  | {
      readonly kind: 'input';
      readonly text: string;
      readonly cut: boolean;
      readonly protocol: ForeignProtocol | undefined;
    };
