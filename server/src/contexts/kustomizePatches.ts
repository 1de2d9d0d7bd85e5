/** Patches of kustomizations as documents that can be applied, each value with its place. */
import { parseYaml } from '../syntax/parse';
import { toPlain } from '../syntax/plain';
import type { YamlDocument } from '../syntax/tree';
import type { ContextFile } from './formContexts';
import { type JsonOperation, readOperations } from './jsonPatch';
import type { PatchSource } from './kustomizationFields';
import { nodeAtKeys, nodeInScalar, nodeOf, placeAt, scalarText, type ValueNode } from './provenance';

/** The object that a strategic merge patch speaks of. */
export interface PatchId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export type PatchDocument =
  { readonly type: 'merge'; readonly id: PatchId; readonly node: ValueNode } | { readonly type: 'json'; readonly operations: readonly JsonOperation[] };

/** One entry of a kustomization's patches with what stands in it. */
export interface Patch {
  readonly source: PatchSource;
  readonly documents: readonly PatchDocument[];
}

const inFile = new WeakMap<ContextFile, readonly PatchDocument[]>();
const inText = new WeakMap<PatchSource, { readonly uri: string; readonly document: number; readonly documents: readonly PatchDocument[] }>();

/** The same documents for the same version of the file. Documents that are no patch are passed over. */
export function patchesInFile(file: ContextFile): readonly PatchDocument[] {
  const kept = inFile.get(file);
  if (kept) return kept;
  const documents = parseYaml(file.text ?? '').documents.flatMap((document, index) => {
    const node = document.root ? nodeOf(toPlain(document), placeAt({ uri: file.uri, document: index, path: [] })) : undefined;
    return documentOf(node);
  });
  inFile.set(file, documents);
  return documents;
}

/** A patch that is written inside of the kustomization file; its values have parts of that scalar as their places. */
export function patchesInText(source: PatchSource, place: { readonly uri: string; readonly document: number }): readonly PatchDocument[] {
  const kept = inText.get(source);
  if (kept?.uri === place.uri && kept.document === place.document) return kept.documents;
  const { uri, document } = place;
  const scalar = { uri, document, path: source.path };
  const documents = parseYaml(source.text ?? '').documents.flatMap((one: YamlDocument) => documentOf(nodeInScalar(one, scalar)));
  inText.set(source, { uri, document, documents });
  return documents;
}

function documentOf(node: ValueNode | undefined): PatchDocument[] {
  if (!node || node.type === 'scalar') return [];
  if (node.type === 'list') {
    const operations = readOperations(node);
    return operations && operations.length > 0 ? [{ type: 'json', operations }] : [];
  }
  const text = (...keys: readonly string[]): string => scalarText(nodeAtKeys(node, ...keys)) ?? '';
  const id = { apiVersion: text('apiVersion'), kind: text('kind'), name: text('metadata', 'name'), namespace: text('metadata', 'namespace') };
  const items = nodeAtKeys(node, 'items');
  if (id.kind.endsWith('List') && items?.type === 'list') return items.items.flatMap((item) => (item.type === 'map' ? documentOf(item) : []));
  return id.kind === '' ? [] : [{ type: 'merge', id, node }];
}
