/** A usage, configuration or input-output error: one line on standard error and status 2. */

export class CommandFailure extends Error {}
