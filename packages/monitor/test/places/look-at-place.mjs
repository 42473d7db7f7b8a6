/** Looks once at a place, and prints what it saw there, or why it saw nothing. */
import { listListeners } from '../../dist/index.js';

const [place] = process.argv.slice(2);
try {
  const { listeners, source } = await listListeners({ in: place });
  const endpoints = listeners.map(({ address, port }) => `${address} ${port}`);
  console.log(`${place} ${source} ${endpoints.join(', ')}`);
} catch (error) {
  console.log(`${error.code} ${error.message}`);
}
