// Prints what Microsoft's Kusto language service has to say of the query on standard input, one line for each diagnostic.
// The first argument is the folder of the npm packages, the second a JSON file: table -> {column: type}.
const path = require("path");
const fs = require("fs");
const service = path.join(process.argv[2], "@kusto", "language-service-next");
require(path.join(service, "bridge.js"));
require(path.join(service, "Kusto.Language.Bridge.js"));

const tables = Object.entries(JSON.parse(fs.readFileSync(process.argv[3], "utf8"))).map(([name, columns]) => {
    const listed = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
    return Kusto.Language.Symbols.TableSymbol.From(`(${listed.join(", ")})`).WithName(name);
});
const database = new Kusto.Language.Symbols.DatabaseSymbol.$ctor1("hunting", tables);
const globals = Kusto.Language.GlobalState.Default.WithDatabase(database);
const query = fs.readFileSync(0, "utf8");
const code = Kusto.Language.KustoCode.ParseAndAnalyze(query, globals);
const found = code.GetDiagnostics();
for (let at = 0; at < found.Count; at++) {
    const diagnostic = found.getItem(at);
    const line = query.slice(0, diagnostic.Start).split("\n").length;
    console.log(`${line}: ${diagnostic.Severity}: ${diagnostic.Message}`);
}
const columns = code.ResultType && code.ResultType.Columns;
if (columns) {
    const names = [];
    for (let at = 0; at < columns.Count; at++) names.push(columns.getItem(at).Name);
    console.log(`columns: ${names.join(",")}`);
}
