/** A file that cannot be read, with the sentence that says why. */
export class Unreadable extends Error {}
