/** A suppression that suppresses nothing. */
import { problemRule } from '../rule';

export const suppressionUnused = problemRule({
  meta: {
    id: 'schema/suppression-unused',
    severity: 'hint',
    default: 'hint',
    tier: 'B',
    summary: 'A suppression suppresses nothing.',
    why: 'A comment, an annotation or a baseline entry that silences a rule stays behind when the mistake is gone. From then on it hides the next mistake of that kind. One that names a rule which does not exist never had any effect.',
    remedy: 'Remove the rule from the suppression, or correct its name. Nothing is reported for a rule that is switched off.',
    references: ['The page on suppressing findings in the documentation of Packetpath'],
    messages: {
      unused: 'Nothing here is suppressed by this: {id} does not fire.',
      noSuchRule: 'There is no rule `{id}`.',
      noSuchRuleNear: 'There is no rule `{id}`. Did you mean `{near}`?',
    },
    fixable: false,
  },
  problems: ['suppression-unused'],
});
