/**
 * Characters that nobody sees and that change a digest: zero-width ones, marks of direction, fillers, control characters. Tabs and line
 * breaks are white space.
 */
export const INVISIBLE: RegExp = /(?:(?![\t-\r])[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}])+/gu
/** Persian and Indic names need the two joiners, which are invisible and still part of the spelling. */
export const INVISIBLE_IN_A_NAME: RegExp =
  /(?:(?![\t-\r\u200c\u200d])[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}])+/gu
