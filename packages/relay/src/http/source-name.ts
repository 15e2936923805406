/** What `integration_source` may be: the API's rule, with the white space that it trims. */
export const INTEGRATION_SOURCE: RegExp = /^\s*[A-Za-z0-9][A-Za-z0-9._-]{0,63}\s*$/
