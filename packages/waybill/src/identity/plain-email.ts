/** An address that every step of the normalisation leaves alone, as PostgreSQL and JavaScript both read it. */
export const PLAIN_EMAIL = '^[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+([.][a-z0-9-]+)*$'
