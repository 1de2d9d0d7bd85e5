/** A mistake in the configuration file. */
import { problemRule } from '../rule';

export const configurationInvalid = problemRule({
  meta: {
    id: 'schema/configuration-invalid',
    severity: 'error',
    default: 'error',
    tier: 'B',
    summary: 'The configuration file has a mistake.',
    why: 'What does not fit the schema of `.packetpath.yaml` is left out, and the rest still holds. A context that is not formed, or a rule that is not switched off, changes what is reported in many files, so a mistake here should not go unseen. A glob that names no file is only worth a look: the files may come later.',
    remedy: 'Correct the key or the value at the marked place. The editor completes keys, and the schema says which values they take.',
    references: ['The schema of `.packetpath.yaml`, which comes with Packetpath'],
    messages: {
      invalid: '{path}: {reason}',
      unmatched: '{path}: {reason}.',
    },
    fixable: false,
  },
  problems: ['configuration-invalid'],
});
