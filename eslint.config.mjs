/** Lint that knows types. What a formatter decides is left to prettier, what is unused to knip. */
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'coverage/', 'test/output/', 'test/vscode/host/node_modules/', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Properties of objects that come from a manifest are read with brackets: the compiler demands it (noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      // Contradicts noUncheckedIndexedAccess less than it helps: a check that the types call needless guards against manifests of any shape.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      eqeqeq: 'error',
      'no-console': 'off',
      'no-restricted-globals': ['error', { name: 'escape', message: 'Use encodeURIComponent.' }, { name: 'event', message: 'Name the parameter.' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'AssignmentExpression > MemberExpression[property.name=/^(innerHTML|outerHTML)$/]',
          message: 'Text nodes only: what comes from a manifest must never become markup.',
        },
        {
          selector: 'CallExpression > MemberExpression[property.name="insertAdjacentHTML"]',
          message: 'Text nodes only: what comes from a manifest must never become markup.',
        },
      ],
    },
  },
  {
    files: ['server/src/**', 'client/src/**', 'webview/src/**'],
    ignores: ['server/src/main/cli/**', 'server/src/main/cli.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['client/src/**'],
    rules: {
      // VS Code takes anything with `dispose` for a Disposable.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // A test may be sure of what it has just made.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
