# From suite.json, one program a line: with -v out=make a rule for each kernel's object, with -v out=table one row
# of C for each. A program becomes a function: see harness.inc and captured_output.h.

function text_of(name,    from) {
  if (!match($0, "\"" name "\": *\"[^\"]*\"")) return ""
  from = substr($0, RSTART, RLENGTH)
  sub("\"" name "\": *\"", "", from)
  sub(/"$/, "", from)
  return from
}

function number_of(name,    from) {
  if (!match($0, "\"" name "\": *[0-9]+")) return 0
  from = substr($0, RSTART, RLENGTH)
  sub(/.*: */, "", from)
  return from + 0
}

# Flags are a list, but for their commas and quotes as the shell takes them.
function flags_of(    from) {
  if (!match($0, /"flags": *\[[^]]*\]/)) return ""
  from = substr($0, RSTART, RLENGTH)
  sub(/"flags": *\[/, "", from)
  gsub(/[]",]/, " ", from)
  return from
}

!/"name":/ { next }

{
  name = text_of("name")
  id = name
  gsub(/[^A-Za-z0-9_]/, "_", id)
  source = text_of("source")
  assembly = source ~ /\.S$/
  repetitions = number_of("iterations")
  if (out == "make") {
    object = "$(BUILD)/kernels/" id ".o"
    print "KERNELS += " object
    print object ": $(GUEST)/" source " $(SHARED) Makefile suite.awk"
    print "\t@mkdir -p $(@D)"
    # From standard input, so that the quoted "harness.inc" is ours and not the file beside the source.
    if (assembly)
      print "\t$(CC) -c -x assembler-with-cpp -iquote . -DKERNEL=" id " -o $@ - < $<"
    else
      print "\t$(CC) $(KERNEL_FLAGS)" flags_of() " -Dmain=m2sim_main_" id " -DREPETITIONS=" repetitions " -c -o $@ $<"
  } else {
    printf "%s(%s, \"%s\", %d, \"%s\", \"%s\")\n", assembly ? "LOOP" : "PROGRAM", id, name, repetitions, \
           text_of("iteration"), text_of("stdout")
  }
}
