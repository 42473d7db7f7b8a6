export * from '@portolan/monitor';
