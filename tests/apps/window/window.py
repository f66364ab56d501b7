"""A window that uses itself."""

import sys
import tkinter
import tkinter.font
from tkinter import messagebox, scrolledtext, ttk

root = tkinter.Tk()
root.title("Shop")
print(root.title(), root.tk.call("info", "patchlevel") == root.getvar("tcl_patchLevel"), tkinter.TkVersion, root.winfo_screenwidth())

count = tkinter.IntVar(value=1)
entry = ttk.Entry(root)
button = ttk.Button(root, text="Buy", command=lambda: count.set(count.get() + 1))
label = ttk.Label(root, textvariable=count)
text = scrolledtext.ScrolledText(root, width=20, height=3)
picture = tkinter.PhotoImage(width=4, height=4)
picture.put("#ff0000", (1, 2))
canvas = tkinter.Canvas(root, width=50, height=40)
for widget in (entry, button, label, text, canvas):
    widget.pack()
canvas.create_image(10, 10, image=picture)
print(canvas.bbox(canvas.create_rectangle(1, 2, 30, 20)), picture.get(1, 2))
entry.insert(0, "Äpfel 🍎")
text.insert("end", "one\ntwo\n")
print(entry.get(), text.get("2.0", "2.end"), sorted(ttk.Style().theme_names()))

seen = []
root.bind("<<Bought>>", lambda event: seen.append(event.widget is root))
root.bind("<Key-a>", lambda event: seen.append(event.keysym))


def use():
    button.invoke()
    root.event_generate("<<Bought>>")
    entry.focus_force()
    root.update()
    entry.event_generate("<Key-a>")
    root.update()
    print(label.cget("text") or label.tk.globalgetvar(str(label.cget("textvariable"))), count.get(), seen, entry.get())
    root.after(10, root.destroy)


def fail():
    raise ValueError("in a callback")


root.after(10, fail)
root.after(50, use)
root.mainloop()
try:
    root.title()
except tkinter.TclError as error:
    print(error, file=sys.stdout)
