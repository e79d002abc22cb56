/** What a pool is called. AWS takes blanks for a name, which nobody could see or press. */
export const poolName = (name: string) => name.trim() || '(a blank name)'
