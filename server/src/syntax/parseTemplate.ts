/** A Helm template → the same tree that YAML gives, true positions included; what only rendering would tell is opaque. */
import { cutDocuments } from './cutDocuments';
import { KeptTree } from './keptTree';
import { type ControlRegion, maskTemplate, type MaskedTemplate } from './maskTemplate';
import { parseYaml, readTree } from './parse';
import { isWholly, lastAtOrBefore, type TemplateText, templateTree } from './templateTree';
import type { YamlDocument, YamlFile } from './tree';

/**
 * Never throws. A document that cannot be read even when its actions are masked is not `ok` and has no problem: it is nobody's mistake.
 * Text without an action is read as `parseYaml` reads it. `previous` gives the trees of documents that stayed the same.
 */
export function parseTemplate(text: string, previous?: YamlFile): YamlFile {
  if (previous?.template === true && previous.text === text) return previous;
  const masked = maskTemplate(text);
  if (masked.actions.length === 0) return parseYaml(text, previous?.template === true ? undefined : previous);
  const kept = new Map((previous?.documents ?? []).map((document) => [document.templateKey, document]));
  const documents = cutDocuments(masked.text.replace(/\r(?!\n)/g, '\n')).map(({ start, end }): YamlDocument => {
    const part = partOf(masked, text, start, end);
    const templateKey = JSON.stringify([part.text, part.masked, part.regions]);
    const known = kept.get(templateKey);
    if (known) return known.start === start ? known : documentOf({ ...fieldsOf(known), start, end }, known.tree);
    const read = readPart(part);
    const tree = new KeptTree(read.root, () => readPart(part).root);
    return documentOf({ start, end, text: part.text, ok: read.ok, templateKey, templated: true, conditional: isWholly(read.root, part.regions) }, tree);
  });
  return { text, documents, template: true };
}

function readPart(part: TemplateText): ReturnType<typeof readTree> {
  const { root, ok } = readTree(part.masked);
  return { root: templateTree(root, part, ok), ok, problems: [] };
}

/** What belongs to one document, with offsets from its start; regions that reach beyond it are cut, so that edits elsewhere change nothing here. */
function partOf({ text, actions, regions, insertions }: MaskedTemplate, template: string, start: number, end: number): TemplateText {
  const within = <T extends { readonly start: number }>(list: readonly T[]): readonly T[] =>
    list.slice(lastAtOrBefore(list, start - 1) + 1, lastAtOrBefore(list, end - 1) + 1);
  const around: { readonly index: number; readonly region: ControlRegion }[] = [];
  const first = lastAtOrBefore(regions, start - 1);
  for (let at = first; at >= 0 && around.length < mostAround; at = regions[at]?.parent ?? -1) {
    const region = regions[at];
    if (region && region.end > start) around.unshift({ index: at, region });
  }
  const placesAround = new Map(around.map(({ index }, place) => [index, place]));
  const near = [...around.map(({ region }) => region), ...within(regions)].map((region, place): ControlRegion => {
    const { parent } = region;
    return {
      // Of those that begin before the document only the order matters.
      start: place < around.length ? place - around.length : region.start - start,
      end: Math.min(region.end - start, end - start + 1),
      parent: parent > first ? parent - first - 1 + around.length : (placesAround.get(parent) ?? -1),
    };
  });
  return {
    text: template.slice(start, end),
    masked: text.slice(start, end),
    actions: within(actions).map((action) => ({ ...action, start: action.start - start, end: action.end - start })),
    regions: near,
    insertions: within(insertions).map((insertion) => ({ ...insertion, start: insertion.start - start })),
  };
}

/** Regions around a document that are looked at, the innermost first. */
const mostAround = 100;

type DocumentFields = Omit<YamlDocument, 'root' | 'tree' | 'problems'>;

function fieldsOf({ text, ok, templateKey, templated, conditional }: YamlDocument): Omit<DocumentFields, 'start' | 'end'> {
  return { text, ok, ...(templateKey === undefined ? {} : { templateKey }), templated: templated === true, conditional: conditional === true };
}

function documentOf(fields: DocumentFields, tree: KeptTree): YamlDocument {
  return {
    ...fields,
    problems: [],
    tree,
    get root() {
      return tree.get();
    },
  };
}
