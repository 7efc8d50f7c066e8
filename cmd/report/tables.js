const manifest = data.manifest;
const kEnds = {
  limit: "the run ended at --limit, not where the program does", timeout: "--timeout ended the run", stopped: "a signal to m2sim ended the run",
  signal: `signal ${manifest.status} killed the program`, regions: "the run ended behind the last region",
};

const kLeastNameless = 0.01, kMostNameless = 0.1;  // of the cycles: to be said, and to make the page partial

const quoted = word => /^[\w@%+=:,.\/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function commandLine() {
  const words = ["m2sim", "run", "--mode", manifest.mode, "--core", manifest.core, "--cpu", manifest.cpu];
  const option = (name, value) => { if (value !== undefined && value !== "") words.push(name, String(value)); };
  for (const name of ["skip", "warmup", "limit"]) option(`--${name}`, manifest[name]);
  for (const setting of manifest.settings ?? []) option("--set", setting);
  for (const variable of manifest.environment) option("--env", variable);
  option("--cwd", manifest.directory);
  option("--sysroot", manifest.sysroot);
  option("--start-time", manifest.start_time);
  words.push(...(manifest.regions ?? []), "--", ...manifest.argv);
  return words.map(quoted).join(" ");
}

function fillHead() {
  document.title = `${fileName(manifest.program)} · m2sim run`;
  byId("title").textContent = manifest.program;
  byId("summary").textContent = `${manifest.mode}, ${manifest.core}, m2sim ${manifest.version} (${manifest.revision.slice(0, 12)}); ` +
    (manifest.end === "exit" ? `exit status ${manifest.status}` : kEnds[manifest.end] ?? manifest.end);
  const notes = [];
  if (manifest.end in kEnds) notes.push(`Partial: ${kEnds[manifest.end]}. All figures are of what ran until then.`);
  if (manifest.skip || manifest.warmup) notes.push(`The first ${whole((manifest.skip ?? 0) + (manifest.warmup ?? 0))} instructions do not count (--skip, --warmup).`);
  if (manifest.regions) notes.push(`Only regions count: ${manifest.regions.join(" ")}.`);
  if (!(insts > 0)) notes.push("No instruction counted: the program ended before.");
  const nameless = data.functions.filter(func => func.name.startsWith(`${func.object}+0x`)), without = shareOf(nameless.reduce((sum, func) => sum + func.cycles, 0));
  if (without >= kLeastNameless) {
    const objects = [...new Set(nameless.map(func => func.object))].slice(0, 4).join(", ");
    notes.push(`${percent(without)} of the cycles are in code without symbols (${objects}): its functions are named file+offset, and where they begin is a guess.`);
  }
  if (insts > 0 && !data.functions.some(func => func.instructions.some(inst => inst.line))) notes.push("No source lines: the program has no debug information; build it with -g.");
  else if (insts > 0 && !data.sources) notes.push("Lines are known, their text is not: the source files are not where the debug information says.");
  byId("notes").append(...notes.map(text => element("p", {class: "note"}, text)));
  if (manifest.end in kEnds || without >= kMostNameless) byId("title").append(element("span", {class: "badge"}, "partial"));
  const seconds = all / (1e6 * manifest.clock_mhz);
  const keys = [["cycles", whole(all)], ["instructions", whole(insts)], ["CPI", per(all, insts, 4)], ["IPC", per(insts, all, 4)],
                [`time at ${(manifest.clock_mhz / 1000).toFixed(2)} GHz`, seconds >= 1 ? `${seconds.toFixed(3)} s` : seconds >= 1e-3 ? `${(1e3 * seconds).toFixed(3)} ms` : `${(1e6 * seconds).toFixed(2)} µs`],
                ["mispredictions / 1000", per(1000 * stats["branch.mispredicts"], insts)], ["L1D misses / 1000", per(1000 * stats["l1d.misses"], insts)]];
  for (const [name, value] of keys) {
    const key = element("div", {"data-key": name});
    key.append(element("dt", {}, name), element("dd", {}, value));
    byId("keys").append(key);
  }
}

function fillMachine() {
  const number = "number", at = name => stats[name], shown = name => at(name) === undefined ? "" : whole(at(name));
  const place = byId("machine-tables"), share = (part, of) => of > 0 ? `${(100 * part / of).toFixed(2)} %` : "-";
  const levels = (title, names, columns) => place.append(element("h3", {}, title), table(
    [["", ""], ["accesses", number], ["misses", number], ["miss rate", number], ["by 1000 instructions", number], ...columns.map(([name]) => [name, number])],
    names.map(([name, text]) => [text, shown(`${name}.accesses`), shown(`${name}.misses`), share(at(`${name}.misses`), at(`${name}.accesses`)),
                                 per(1000 * at(`${name}.misses`), insts), ...columns.map(([, key]) => shown(`${name}.${key}`))])));
  levels("Caches", [["l1i", "L1I"], ["l1d", "L1D"], ["l2", "L2"], ["slc", "system-level cache"]],
         [["merges", "merges"], ["late prefetches", "late_prefetches"], ["prefetched", "prefetches"], ["of these used", "prefetch_hits"], ["written back", "writebacks"]]);
  levels("TLBs", [["itlb", "L1 ITLB"], ["dtlb", "L1 DTLB"], ["l2_tlb", "L2 TLB"]], []);
  const figures = (title, prefix) => place.append(element("h3", {}, title), table([["", ""], ["", number], ["by 1000 instructions", number], ["", "wide"]],
    Object.keys(stats).filter(name => name.startsWith(prefix) && data.figures[name][0].indexOf("/") < 0).map(name =>
      [name.slice(prefix.length), shown(name), per(1000 * at(name), insts), `${data.figures[name][0]} ${meaning(name)}`])));
  figures("Branches and their prediction", "branch.");
  figures("Loads and stores", "lsq.");
  figures("Memory", "dram.");
}

function fillRegions() {
  byId("regions").hidden = !data.regions;
  const number = "number";
  if (data.regions) {
    byId("regions-table").append(sortable([["region", ""], ["times", number], ["instructions", number], ["cycles", number], ["CPI", number], ["", ""]], data.regions.map(one => [
      {text: one.name}, {text: whole(one.times), value: one.times}, {text: whole(one.instructions), value: one.instructions}, {text: whole(one.stats["core.cycles"]), value: one.stats["core.cycles"]},
      {text: per(one.stats["core.cycles"], one.instructions, 4), value: one.stats["core.cpi"]}, {text: one.open ? "the run ended inside" : ""}]), {"data-table": "regions"}));
  }
}

// What --again and m2sim compare read.
const figuresText = () => JSON.stringify({schema_version: data.schema_version, manifest, stats, ...(data.regions ? {regions: data.regions} : {})}, null, 2);

function saveFigures() {
  const link = element("a", {download: "run.json"});
  link.href = URL.createObjectURL(new Blob([figuresText()], {type: "application/json"}));
  link.click();
  URL.revokeObjectURL(link.href);
}

function fillRun() {
  const rows = [["program", manifest.program], ["its SHA-256", manifest.program_sha256], ["arguments", manifest.argv.map(quoted).join(" ")], ["mode", manifest.mode], ["core", manifest.core],
    ["configuration's SHA-256", manifest.config_sha256], ["processor the guest sees", manifest.cpu], ["clock", `${manifest.clock_mhz} MHz`], ["m2sim", `${manifest.version}, revision ${manifest.revision}`],
    ["skipped", manifest.skip], ["warm-up", manifest.warmup], ["limit", manifest.limit], ["settings", manifest.settings?.join(" ")], ["regions", manifest.regions?.join(" ")],
    ["environment", manifest.environment.map(quoted).join(" ")], ["directory", manifest.directory], ["sysroot", manifest.sysroot], ["start of the guest's clock", manifest.start_time],
    ["end", `${manifest.end}, status ${manifest.status}`]];
  byId("run-table").append(table([["", ""], ["", "value"]], rows.filter(([, value]) => value !== undefined && value !== "").map(([name, value]) => [name, [value, ""]])));
  byId("run-command").textContent = commandLine();
  byId("run-save").addEventListener("click", saveFigures);
  byId("accuracy-note").textContent = data.accuracy.replace(/; docs\/accuracy\.md$/, ".");
  const settings = manifest.settings ?? [];
  byId("configuration-about").textContent = `${manifest.core}${settings.length ? `, with ${settings.join(" ")}` : ""}; ${Object.keys(manifest.configuration).length} numbers.`;
  byId("configuration-table").append(sortable([["name", ""], ["value", "value"]], Object.entries(manifest.configuration).map(([name, value]) => [{text: name}, {text: value}]), {"data-table": "configuration"}));
  byId("figures-table").append(sortable([["name", ""], ["value", "number"], ["unit", ""], ["meaning", "wide"]], Object.entries(stats).map(([name, value]) => [
    {text: name}, {text: Number.isInteger(value) ? whole(value) : shown(value), value}, {text: data.figures[name][0]}, {text: data.figures[name][1]}]), {"data-table": "figures"}));
}

// On paper all of it is there.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:not([open])")].filter(one => !one.dataset.function);
  for (const one of unfolded) one.open = true;
});
window.addEventListener("afterprint", () => { for (const one of unfolded) one.open = false; });

fillHead();
fillStack();
fillFlame();
fillFunctions();
fillTime();
fillMachine();
fillRegions();
fillRun();
for (const section of document.querySelectorAll("section")) {
  if (!section.hidden) byId("contents").append(element("a", {href: `#${section.id}`}, section.querySelector("h2").textContent));
}
document.body.dataset.ready = "true";
