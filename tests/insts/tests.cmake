# The decoder and the disassembler against objdump, over random words of every row and words near them.
add_executable(row_samples ${CMAKE_CURRENT_LIST_DIR}/tools/row_samples.cpp)
target_link_libraries(row_samples PRIVATE m2sim_insts)
add_test(NAME insts.objdump_sweep
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/objdump_sweep.py $<TARGET_FILE:row_samples>)
set_tests_properties(insts.objdump_sweep PROPERTIES LABELS unit TIMEOUT 300)
