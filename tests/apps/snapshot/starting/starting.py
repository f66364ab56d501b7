"""Shows what modules make of attributes that the interpreter gives values at each start."""

import judges_path
import keeps_bits
import keeps_path
from registers import ACTIONS

if __name__ == "__main__":
    print(keeps_bits.IS_COPY, keeps_bits.IS_UTF8, keeps_bits.WRITES_LINES, keeps_bits.Options.is_copy)
    print(keeps_bits.IS_PIPE, keeps_bits.CAN_SEEK)
    print(keeps_path.FOLDER, judges_path.KIND, ACTIONS[0]())
