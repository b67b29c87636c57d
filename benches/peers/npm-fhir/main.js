// Prints the median microseconds of the processor that `fhir` takes for a file of JSON to XML and back, after as many calls
// as it takes to be compiled. `node main.js FILE CALLS`; started by `--bin xml` of `fhir-json`.
const { readFileSync } = require("node:fs");
const { Fhir } = require("fhir");

const [, , file, calls] = process.argv;
const text = readFileSync(file, "utf8");
const fhir = new Fhir();
const times = [];
for (let call = 0; call < 2 * Number(calls); call++) {
  const before = process.cpuUsage();
  const again = fhir.xmlToJson(fhir.jsonToXml(text));
  const { user, system } = process.cpuUsage(before);
  if (!JSON.parse(again).resourceType) throw new Error("no resource came back");
  if (call >= Number(calls)) times.push(user + system);
}
times.sort((one, other) => one - other);
console.log(times[times.length >> 1]);
