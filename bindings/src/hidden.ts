// Characters that a reader does not see, or that change how others are shown: controls (ANSI sequences
// begin with one), line and paragraph separators, bidirectional and zero-width marks, lone surrogates.
export const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
