# Reads "watch PGID", "forget PGID" and "remove FOLDER" until its input ends, which is when the process that started
# it is gone. Then stops the process groups it watches and removes the folders.
watched=
folders=
newline='
'
while read -r verb argument; do
  case $verb in
    watch) watched="$watched $argument" ;;
    forget)
      kept=
      for group in $watched; do
        [ "$group" = "$argument" ] || kept="$kept $group"
      done
      watched=$kept
      ;;
    remove) folders="$folders$argument$newline" ;;
  esac
done

running() {
  for group in $watched; do
    kill -0 "-$group" 2>/dev/null && return 0
  done
  return 1
}

for group in $watched; do kill -TERM "-$group" 2>/dev/null; done
for _ in 1 2 3 4 5 6 7 8 9 10; do
  running || break
  sleep 1
done
for group in $watched; do kill -KILL "-$group" 2>/dev/null; done

printf '%s' "$folders" | while read -r folder; do rm -rf -- "$folder"; done
