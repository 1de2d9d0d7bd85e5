/** What a policy says of a packet, in the few lines that stand above its gate. */
import type { Hop, PolicyAnswer, PolicyRuleWords } from '../../../../server/src/protocol/trace';
import { cutMiddle, wrapText } from '../../measureText';
import type { Font, Measure } from '../../measureText';
import { decidingEvidence } from '../evidence';

/** Words, and after them a name or a label as it is written in a manifest. */
export interface InsetSentence {
  readonly words: string;
  /** Said instead where there is no room for the words. */
  readonly shorter?: readonly string[];
  readonly code?: string;
  /** What stops the packet, or makes that nothing does. */
  readonly tone?: 'bad' | 'warn';
}

export interface PolicyWords {
  readonly name: string;
  readonly kind: string;
  readonly sentences: readonly InsetSentence[];
  /** All that is known, for a tooltip. */
  readonly full: string;
}

export function policyWords(hop: Hop, cni: string): PolicyWords {
  const answer = tellingAnswer(hop);
  return {
    name: answer?.name ?? 'policy',
    kind: answer?.tier === 'Admin' ? 'admin policy' : answer?.tier === 'Baseline' ? 'baseline policy' : 'NetworkPolicy',
    sentences: answer ? sentencesOf(hop, answer, cni) : [],
    full: answer ? `${answer.name}: ${answer.reason}` : hop.plain,
  };
}

/** Of all policies that were asked the one that the verdict rests on. */
function tellingAnswer(hop: Hop): PolicyAnswer | undefined {
  const wanted = stops(hop) ? false : hop.verdict === 'unknown' ? 'unknown' : true;
  const answers = hop.policies ?? [];
  const fitting = answers.filter(({ allows }) => allows === wanted);
  const candidates = fitting.length > 0 ? fitting : answers;
  const deciding = decidingEvidence(hop);
  return candidates.find(({ at }) => at.uri === deciding?.at.uri && at.document === deciding.at.document) ?? candidates[0];
}

function stops(hop: Hop): boolean {
  return hop.verdict === 'dropped' || hop.verdict === 'rejected';
}

function sentencesOf(hop: Hop, answer: PolicyAnswer, cni: string): readonly InsetSentence[] {
  const { rule } = answer;
  const ingress = hop.kind === 'policy-ingress';
  if (answer.tier) return [{ words: answer.reason, ...(stops(hop) ? { tone: 'bad' as const } : {}) }];
  if (hop.verdict === 'not-enforced') return [notEnforcedRule(answer, ingress), { ...ignored(cni), tone: 'warn' }];
  if (hop.verdict === 'unknown') return openSentences(hop, answer, ingress);
  if (!rule) return [{ words: ingress ? 'lets nobody in' : 'lets nothing out', ...(stops(hop) ? { tone: 'bad' as const } : {}) }];
  return stops(hop) ? deniedSentences(hop, rule, ingress) : [whoPasses(rule, ingress, false), ...onPorts(rule)];
}

function whoPasses(rule: PolicyRuleWords, ingress: boolean, only: boolean): InsetSentence {
  if (rule.peers === undefined) return { words: ingress ? 'lets everybody in' : 'lets everything out' };
  return { words: `${ingress ? 'lets in' : 'lets out'}${only ? ' only' : ''}${ingress ? '' : ' to'}`, code: rule.peers };
}

function onPorts({ ports }: PolicyRuleWords): readonly InsetSentence[] {
  return ports === undefined ? [] : [{ words: /^\d/.test(ports) ? 'on port' : 'on', code: ports }];
}

function deniedSentences(hop: Hop, rule: PolicyRuleWords, ingress: boolean): readonly InsetSentence[] {
  if (rule.peersMatch !== 'yes')
    return [
      whoPasses(rule, ingress, true),
      ...(rule.other === undefined ? [] : [{ words: ingress ? 'the sender is' : 'the receiver is', code: rule.other, tone: 'bad' as const }]),
    ];
  const { port } = hop.before.destination;
  return [
    { words: 'opens only', code: rule.ports ?? 'no port' },
    ...(port === null ? [] : [{ words: 'the packet goes to', code: `${port}/${hop.before.protocol}`, tone: 'bad' as const }]),
  ];
}

function openSentences(hop: Hop, { rule, selects, allows }: PolicyAnswer, ingress: boolean): readonly InsetSentence[] {
  const open: InsetSentence[] = selects === 'unknown' ? [{ words: 'may select this pod', tone: 'warn' }] : [];
  if (!rule) return [...open, { words: ingress ? 'lets nobody in' : 'lets nothing out' }];
  const end = ingress ? 'the sender' : 'the receiver';
  if (rule.peersMatch === 'unknown') return [...open, whoPasses(rule, ingress, true), { words: `${end} may be one of them`, tone: 'warn' }];
  if (rule.portsMatch === 'unknown' && rule.ports !== undefined)
    return [...open, { words: 'opens only', code: rule.ports }, { words: 'the port may be one of them', tone: 'warn' }];
  if (allows !== false) return [...open, whoPasses(rule, ingress, false), ...onPorts(rule)];
  const [first] = deniedSentences(hop, rule, ingress);
  return [...open, ...(first ? [first] : []), ...(open.length > 0 ? [] : [{ words: 'whether it holds is not known', tone: 'warn' as const }])];
}

function notEnforcedRule({ rule, allows }: PolicyAnswer, ingress: boolean): InsetSentence {
  if (!rule) return { words: ingress ? 'would let nobody in' : 'would let nothing out' };
  if (rule.peersMatch === 'yes' && allows === false) return { words: 'would open only', ...(rule.ports === undefined ? {} : { code: rule.ports }) };
  if (rule.peers === undefined) return { words: ingress ? 'would let everybody in' : 'would let everything out' };
  return { words: `would let ${ingress ? 'in' : 'out'}${allows === false ? ' only' : ''}${ingress ? '' : ' to'}`, code: rule.peers };
}

/** No plugin of those that are known here enforces a part: either it has policies, or it has none. */
function ignored(cni: string): InsetSentence {
  const plugin = cni.split(':')[0] ?? cni;
  if (plugin === 'none' || plugin === '') return { words: 'not enforced: no network plugin', shorter: ['not enforced here'] };
  return { words: `not enforced: ${plugin} has no policies`, shorter: [`not enforced by ${plugin}`, 'not enforced here'] };
}

export interface InsetFonts {
  readonly words: Font;
  readonly code: Font;
  readonly telling: Font;
}

export interface InsetPiece {
  readonly text: string;
  readonly kind: 'words' | 'code';
  readonly tone?: 'bad' | 'warn';
}

/** Sentences as at most `most` lines: a name that has no room beside its words stands under them. */
export function insetLines(
  sentences: readonly InsetSentence[],
  width: number,
  most: number,
  fonts: InsetFonts,
  gap: number,
  measure: Measure,
): readonly (readonly InsetPiece[])[] {
  const lines: (readonly InsetPiece[])[] = [];
  sentences.forEach((sentence, index) => {
    const { code, shorter = [] } = sentence;
    const left = most - lines.length - (sentences.length - index - 1);
    if (left < 1) return;
    const tone = sentence.tone === undefined ? {} : { tone: sentence.tone };
    const codeFont = sentence.tone === 'bad' ? fonts.telling : fonts.code;
    const words = [sentence.words, ...shorter].find((text) => measure(text, fonts.words) <= width) ?? sentence.words;
    if (code === undefined) {
      for (const text of wrapText(words, width, fonts.words, left, measure)) lines.push([{ text, kind: 'words', ...tone }]);
      return;
    }
    const beside = width - measure(words, fonts.words) - gap;
    if (measure(code, codeFont) <= beside || left === 1) {
      lines.push([
        { text: words, kind: 'words' },
        { text: cutMiddle(code, Math.max(beside, 14), codeFont, measure), kind: 'code', ...tone },
      ]);
      return;
    }
    lines.push([{ text: words, kind: 'words' }]);
    for (const text of wrapText(code, width, codeFont, left - 1, measure)) lines.push([{ text, kind: 'code', ...tone }]);
  });
  return lines;
}
