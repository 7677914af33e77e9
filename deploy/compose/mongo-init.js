// Starts the replica set and creates Caifeng's user.  Runs in mongosh; may run any number of times.
const root = `mongodb://root:${encodeURIComponent(process.env.MONGO_ROOT_PASSWORD)}@mongo:27017/?authSource=admin&directConnection=true`;
const admin = reach().getSiblingDB("admin");

// On its first start the server comes up once for itself alone and then again for everybody.
function reach() {
  for (let tries = 0; ; tries++) {
    try {
      return connect(root);
    } catch (error) {
      if (tries > 60) throw new Error("mongo cannot be reached: look at its log, and at the passwords in .env");
      sleep(1000);
    }
  }
}

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  admin.adminCommand({ replSetInitiate: { _id: "caifeng", members: [{ _id: 0, host: "mongo:27017" }] } });
}

for (let tries = 0; !admin.hello().isWritablePrimary; tries++) {
  if (tries > 120) throw new Error("mongo did not become primary within 60 s: look at its log");
  sleep(500);
}

const caifeng = admin.getSiblingDB("caifeng");
const account = { pwd: process.env.MONGO_PASSWORD, roles: [{ role: "readWrite", db: "caifeng" }] };
if (caifeng.getUser("caifeng")) {
  caifeng.updateUser("caifeng", account);
} else {
  caifeng.createUser({ user: "caifeng", ...account });
}
print("replica set and user are ready");
