/** For people: manifests that could not be parsed, without which connections are judged. */
import type { FileState } from '../workspace/fileState';

const mostFiles = 10;

/** A line a file, the first ten: where parsing first failed. Nothing for files that merely hold mistakes, or placeholders of a template. */
export function unreadNotes(files: Iterable<FileState>): readonly string[] {
  const broken = [...files].flatMap((file) => {
    const problem = file.problems.find(({ code }) => code === 'yaml-parse');
    return problem && file.brokenDocuments > 0 ? { file, problem } : [];
  });
  broken.sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const notes = broken.slice(0, mostFiles).map(({ file, problem }) => {
    const line = 'start' in problem.at ? `:${file.lines().positionAt(problem.at.start).line + 1}` : '';
    const documents = file.brokenDocuments === 1 ? 'a document' : `${file.brokenDocuments} documents`;
    return `${file.path}${line}: ${documents} cannot be parsed; what is missing there is not judged`;
  });
  return broken.length > mostFiles ? [...notes, `${broken.length - mostFiles} more files cannot be parsed; packetpath check lists them all`] : notes;
}
