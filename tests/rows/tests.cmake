# Random words of every row of the encoding table, and random sequences of them, here and under QEMU: the usage
# of each program is at the head of tool/*.cpp.
find_program(M2SIM_GUEST_GCC aarch64-linux-gnu-gcc REQUIRED)
find_program(M2SIM_GUEST_OBJCOPY aarch64-linux-gnu-objcopy REQUIRED)
set(rows_dir ${CMAKE_CURRENT_LIST_DIR})
set(runner ${CMAKE_CURRENT_BINARY_DIR}/run_samples.bin)
add_custom_command(
  OUTPUT ${runner}
  COMMAND ${M2SIM_GUEST_GCC} -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x400000 -o ${runner}.elf
          ${rows_dir}/run_samples.s
  COMMAND ${M2SIM_GUEST_OBJCOPY} -O binary -j .text ${runner}.elf ${runner}
  DEPENDS ${rows_dir}/run_samples.s
  VERBATIM)
add_custom_target(rows_runner ALL DEPENDS ${runner})

file(GLOB rows_sources CONFIGURE_DEPENDS ${rows_dir}/*.cpp)
add_library(rows STATIC ${rows_sources})
target_link_libraries(rows PUBLIC m2sim_insts)
foreach(tool prove_rows prove_sequences)
  add_executable(${tool} ${rows_dir}/tool/${tool}.cpp)
  target_link_libraries(${tool} PRIVATE rows)
  add_dependencies(${tool} rows_runner)
endforeach()

# The quick part; scripts/prove_rows.sh is the long one.
function(m2sim_rows_test what)
  add_test(NAME rows.${what}
           COMMAND ${Python3_EXECUTABLE} ${rows_dir}/prove.py ${what} --tools ${CMAKE_CURRENT_BINARY_DIR}
                   --m2sim ${M2SIM_EXECUTABLE} ${ARGN})
  set_tests_properties(rows.${what} PROPERTIES LABELS programs TIMEOUT 600 PROCESSORS 2)
endfunction()
if(TARGET m2sim)
  m2sim_rows_test(rows --samples 2)
  m2sim_rows_test(sequences --samples 400)
endif()
