/** The port to files: what the core asks of whoever runs it. */

/** What came of reading one file. A failure is a value: it never stops the others. */
export type FileText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };
