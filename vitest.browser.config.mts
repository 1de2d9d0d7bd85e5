import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/webview/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
