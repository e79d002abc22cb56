/** The name of the object that has the last decisions of an account while somebody watches. It stores nothing. */
export const watchNameOf = (account: string): string => `${account}/decisions`
