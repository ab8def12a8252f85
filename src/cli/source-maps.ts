// Imported before everything else: stacks name lines of the TypeScript sources, and with them the driver site of a
// finding, only in modules that were loaded after this.

process.setSourceMapsEnabled(true);
